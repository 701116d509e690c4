package crema.ptx;

/**
 * How a kernel is launched.
 *
 * @param grid blocks
 * @param block threads in a block
 * @param dynamicSharedBytes shared memory beyond what the kernel declares
 * @param schedule the order of warps and blocks
 * @param instructionLimit after how many warp instructions a block counts as one that never ends
 */
public record LaunchConfig(Dim3 grid, Dim3 block, int dynamicSharedBytes, Schedule schedule, long instructionLimit) {
  /** Far more than any kernel of a test needs: some 10 s of emulation. */
  public static final long DEFAULT_INSTRUCTION_LIMIT = 200_000_000;

  /** A launch in order without dynamic shared memory. */
  public static LaunchConfig of(Dim3 grid, Dim3 block) {
    return new LaunchConfig(grid, block, 0, Schedule.IN_ORDER, DEFAULT_INSTRUCTION_LIMIT);
  }

  /** The same with {@code bytes} of dynamic shared memory. */
  public LaunchConfig withDynamicShared(int bytes) {
    return new LaunchConfig(grid, block, bytes, schedule, instructionLimit);
  }

  /** The same in another order. */
  public LaunchConfig withSchedule(Schedule other) {
    return new LaunchConfig(grid, block, dynamicSharedBytes, other, instructionLimit);
  }

  /** The same with another limit on the instructions of a block. */
  public LaunchConfig withInstructionLimit(long warpInstructions) {
    return new LaunchConfig(grid, block, dynamicSharedBytes, schedule, warpInstructions);
  }
}
