package crema.ptx;

import org.jspecify.annotations.Nullable;

/**
 * A kernel did something wrong. The message is one line: what, in which kernel, block and thread, at which line of
 * source.
 */
public final class PtxFault extends RuntimeException {
  private final FaultKind kind;
  private final String kernel;
  private final @Nullable Dim3 block;
  private final @Nullable Dim3 thread;
  private final @Nullable SourcePosition position;

  /**
   * A fault of a thread.
   *
   * @param instruction the text of the instruction
   * @param what what happened, without place
   */
  public PtxFault(
      FaultKind kind, String kernel, Dim3 block, Dim3 thread, SourcePosition position, String instruction,
      String what) {
    super(
        kind.title() + ": " + what + "; kernel " + kernel + ", block " + block + ", thread " + thread + ", " + position
            + (position.file().isEmpty() ? "" : ", PTX line " + position.ptxLine()) + ": " + instruction);
    this.kind = kind;
    this.kernel = kernel;
    this.block = block;
    this.thread = thread;
    this.position = position;
  }

  /** A launch that the device refuses. */
  public PtxFault(String kernel, String what) {
    super(FaultKind.LAUNCH.title() + ": " + what + "; kernel " + kernel);
    this.kind = FaultKind.LAUNCH;
    this.kernel = kernel;
    this.block = null;
    this.thread = null;
    this.position = null;
  }

  /** What went wrong. */
  public FaultKind kind() {
    return kind;
  }

  /** The kernel's name. */
  public String kernel() {
    return kernel;
  }

  /** The block, or null if the launch was refused. */
  public @Nullable Dim3 block() {
    return block;
  }

  /** The thread within its block (the first one where several are at fault), or null if the launch was refused. */
  public @Nullable Dim3 thread() {
    return thread;
  }

  /** The instruction's place, or null if the launch was refused. */
  public @Nullable SourcePosition position() {
    return position;
  }
}
