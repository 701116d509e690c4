package crema.ptx.machine;

/** Something that each lane does for itself, whatever the others do. */
public abstract non-sealed class Compute extends Action {
  /**
   * Does it.
   *
   * @param lanes the lanes that take part, one bit each; never 0
   */
  public abstract void execute(Warp warp, int lanes);
}
