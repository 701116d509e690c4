package crema.ptx.machine;

/** Something for which a whole warp waits until other warps have got far enough. */
public abstract non-sealed class Await extends Action {
  /** Whether the warp can go on. */
  public abstract boolean ready(Warp warp);

  /** What it does when it goes on. */
  public abstract void execute(Warp warp);
}
