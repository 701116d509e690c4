package crema.cuda.driver;

/** Something that the driver refused or a kernel did wrong: one line for the user. */
public class CudaException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong and what to do. */
  public CudaException(String message) {
    super(message);
  }
}
