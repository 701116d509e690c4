package crema.data.image;

/** What became of the picture of a row. */
sealed interface PictureResult {
  /** The row names none. */
  record None() implements PictureResult {}

  /** It cannot be used. */
  record Rejected(PictureRejected reason) implements PictureResult {}

  /** The picture of its location was prepared before. */
  record KnownLocation(int place) implements PictureResult {}

  /** A picture of the same bytes was prepared before. */
  record KnownContent(byte[] location, byte[] content, int place) implements PictureResult {}

  /** It is prepared now. */
  record Fresh(byte[] location, byte[] content, PictureLoader.Loaded loaded) implements PictureResult {}
}
