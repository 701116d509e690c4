package crema.ptx;

/**
 * How a kernel is launched.
 *
 * @param grid blocks
 * @param block threads in a block
 * @param dynamicSharedBytes shared memory beyond what the kernel declares
 * @param schedule the order of warps and blocks
 * @param instructionLimit after how many warp instructions a block counts as one that never ends
 * @param clusterSize blocks, side by side in x, that run at the same time and read each other's shared memory
 */
public record LaunchConfig(Dim3 grid, Dim3 block, int dynamicSharedBytes, Schedule schedule, long instructionLimit,
    int clusterSize) {
  /** Far more than any kernel of a test needs: some 10 s of emulation. */
  public static final long DEFAULT_INSTRUCTION_LIMIT = 200_000_000;

  /** A launch in order without dynamic shared memory. */
  public static LaunchConfig of(Dim3 grid, Dim3 block) {
    return new LaunchConfig(grid, block, 0, Schedule.IN_ORDER, DEFAULT_INSTRUCTION_LIMIT, 1);
  }

  /** The same with {@code bytes} of dynamic shared memory. */
  public LaunchConfig withDynamicShared(int bytes) {
    return new LaunchConfig(grid, block, bytes, schedule, instructionLimit, clusterSize);
  }

  /** The same in another order. */
  public LaunchConfig withSchedule(Schedule other) {
    return new LaunchConfig(grid, block, dynamicSharedBytes, other, instructionLimit, clusterSize);
  }

  /** The same with another limit on the instructions of a block. */
  public LaunchConfig withInstructionLimit(long warpInstructions) {
    return new LaunchConfig(grid, block, dynamicSharedBytes, schedule, warpInstructions, clusterSize);
  }

  /** The same in clusters of so many blocks. */
  public LaunchConfig withClusters(int blocks) {
    return new LaunchConfig(grid, block, dynamicSharedBytes, schedule, instructionLimit, blocks);
  }
}
