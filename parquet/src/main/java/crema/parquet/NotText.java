package crema.parquet;

/** Bytes that are no text in UTF-8 where a text is asked for. */
final class NotText extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotText() {
    super("binary", null, false, false);
  }
}
