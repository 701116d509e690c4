package crema.ptx.machine;

/** Goes on at one of several instructions, which a register chooses ({@code brx.idx}). */
public final class IndexedBranch extends Action {
  final int index;
  final int[] targets;

  /**
   * A branch.
   *
   * @param index the 32-bit register with the index
   * @param targets indices of instructions
   */
  public IndexedBranch(int index, int[] targets) {
    this.index = index;
    this.targets = targets.clone();
  }
}
