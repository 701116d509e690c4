package crema.data.image;

/** A picture cannot be used. Whoever goes through many counts it and goes on. */
public final class PictureRejected extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  private final PictureFault fault;

  /** With the reason, as it follows "the picture" and its name: {@code is a web page}. */
  PictureRejected(PictureFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /** With what brought it to light. */
  PictureRejected(PictureFault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /** What is wrong. */
  public PictureFault fault() {
    return fault;
  }
}
