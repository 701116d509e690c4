package crema.ptx;

/** What a kernel can do wrong. */
public enum FaultKind {
  /** A launch that the device refuses: too many threads, too much shared memory, parameters of another size. */
  LAUNCH("launch refused"),
  /** An access outside every allocation, or past the end of one. */
  OUT_OF_BOUNDS("out of bounds"),
  /** An access to memory that was freed. */
  USE_AFTER_FREE("use after free"),
  /** An address that is not a multiple of the access's size. */
  MISALIGNED("misaligned"),
  /** A store to constant memory or to a parameter. */
  READ_ONLY("store to read-only memory"),
  /** A read of memory that nothing has written. */
  UNWRITTEN_READ("read of unwritten memory"),
  /** Two warps of a block access the same word, one of them writing, with no barrier between. */
  RACE("race"),
  /** Two blocks access the same word of global memory, one of them writing. */
  BLOCK_CONFLICT("conflict between blocks"),
  /** An access to what an asynchronous operation (cp.async, TMA, wgmma) may still be reading or writing. */
  MISSING_WAIT("missing wait"),
  /** An ordinary store that TMA or wgmma reads without {@code fence.proxy.async} between. */
  MISSING_PROXY_FENCE("missing fence.proxy.async"),
  /** A wgmma over registers that were written since the last {@code wgmma.fence}. */
  MISSING_WGMMA_FENCE("missing wgmma.fence"),
  /** A barrier or another instruction of a whole warp that not all of its lanes reach together. */
  DIVERGENCE("divergence"),
  /** A shuffle that reads a lane which takes no part in it. */
  INACTIVE_LANE("shuffle from an inactive lane"),
  /** A barrier used otherwise than it was made: counts that differ, arrivals beyond the count, no init. */
  BARRIER_MISUSE("misuse of a barrier"),
  /** All warps wait for something that cannot happen. */
  DEADLOCK("deadlock"),
  /** A block that runs for ever. */
  LIVELOCK("livelock"),
  /** An operand that the instruction does not allow, such as a descriptor of an unknown layout. */
  BAD_OPERAND("bad operand"),
  /** The kernel executed {@code trap}, as a failed assertion does. */
  TRAP("trap");

  private final String title;

  FaultKind(String title) {
    this.title = title;
  }

  /** The kind in words, as messages begin. */
  public String title() {
    return title;
  }
}
