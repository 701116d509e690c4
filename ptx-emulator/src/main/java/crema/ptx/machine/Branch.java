package crema.ptx.machine;

/** Goes on elsewhere. */
public final class Branch extends Action {
  final int target;

  /**
   * A branch.
   *
   * @param target index of an instruction
   */
  public Branch(int target) {
    this.target = target;
  }
}
