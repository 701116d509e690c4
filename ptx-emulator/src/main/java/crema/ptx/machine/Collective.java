package crema.ptx.machine;

/** Something that lanes do together: it starts when all its members have come ({@code .sync}). */
public abstract non-sealed class Collective extends Action {
  /**
   * The lanes that must come, one bit each; those that have exited need not.
   *
   * @param lanes the lanes that have come
   */
  public abstract int members(Warp warp, int lanes);

  /** Does it, with all members. */
  public abstract void execute(Warp warp, int lanes);

  /** Whether members may come at different instructions of this kind, as they may to {@code bar.warp.sync}. */
  public boolean anywhere() {
    return false;
  }
}
