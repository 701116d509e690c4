package crema.nn.train;

/** Leaves work of which nothing is to be kept, because the run was asked to stop. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The run was asked to stop. */
  public StoppedException() {
    super("the run was asked to stop", null, false, false);
  }
}
