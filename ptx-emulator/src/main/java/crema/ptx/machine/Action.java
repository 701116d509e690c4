package crema.ptx.machine;

/** A decoded instruction: what a warp does with it beyond going on to the next. Guards are applied before. */
public abstract sealed class Action permits Compute, Collective, Branch, IndexedBranch, Exit, BarrierArrival, Await {
  /** Floating-point operations of the tensor cores, of a whole warp. */
  public long matrixFlops() {
    return 0;
  }

  /** Whether it is a wgmma, which itself keeps account of the registers that it uses. */
  public boolean usesRegistersLater() {
    return false;
  }
}
