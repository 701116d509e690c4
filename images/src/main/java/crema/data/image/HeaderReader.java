package crema.data.image;

/** Reads what one format says of a picture before its pixels. */
interface HeaderReader {
  /**
   * Reads the header.
   *
   * @param bytes the whole file
   * @param limits of sizes
   * @throws PictureRejected if a size is beyond the limits
   * @throws PastTheEnd if the file ends within its header
   */
  PictureHeader read(HeaderBytes bytes, PictureLimits limits) throws PictureRejected, PastTheEnd;
}
