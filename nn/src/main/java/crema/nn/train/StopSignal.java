package crema.nn.train;

/** Asks a training run to stop after the current step; it then saves a checkpoint. Set from any thread. */
public final class StopSignal {
  private volatile boolean requested;

  /** A signal that nobody has given. */
  public StopSignal() {}

  /** Asks for the stop. */
  public void request() {
    requested = true;
  }

  /**
   * Leaves work of which nothing is to be kept if somebody asked.
   *
   * @throws StoppedException if so
   */
  public void check() {
    if (requested) {
      throw new StoppedException();
    }
  }

  /** Whether somebody asked. */
  public boolean isRequested() {
    return requested;
  }
}
