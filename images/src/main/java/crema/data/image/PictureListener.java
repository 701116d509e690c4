package crema.data.image;

/** Is told what happens while the pictures of many rows are prepared, on the thread that waits for them. */
public interface PictureListener {
  /** Nobody listens. */
  PictureListener NONE = new PictureListener() {};

  /** So many rows are done. */
  default void progressed(long rows) {}

  /**
   * The picture of a row cannot be used; the row has none.
   *
   * @param row its number, from 0
   */
  default void rejected(long row, PictureLocation location, PictureRejected reason) {}

  /** Something goes on otherwise than usual, in one line. */
  default void warned(String message) {}
}
