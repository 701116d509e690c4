package crema.data.image;

import crema.base.UserError;
import java.io.IOException;

/** The prepared pictures of rows, on disk. Safe to use from several threads. */
public final class PreparedPictures implements AutoCloseable {
  private final PicturePlaces places;
  private final int[] checksums;
  private final int[] placeOfRow;
  private final PictureCounts counts;
  private final PicturePreparation preparation;

  PreparedPictures(PicturePlaces places, int[] checksums, int[] placeOfRow, PictureCounts counts,
      PicturePreparation preparation) {
    this.places = places;
    this.checksums = checksums;
    this.placeOfRow = placeOfRow;
    this.counts = counts;
    this.preparation = preparation;
  }

  /** How many rows there are, with and without a picture. */
  public int rows() {
    return placeOfRow.length;
  }

  /** Whether a row has a picture that can be used. */
  public boolean has(int row) {
    return placeOfRow[row] >= 0;
  }

  /** What a row's picture is known by among all: rows of equal pictures have equal numbers. */
  public int picture(int row) {
    requirePicture(row);
    return placeOfRow[row];
  }

  /** What the pictures are. */
  public PictureCounts counts() {
    return counts;
  }

  /** How they were prepared. */
  public PicturePreparation preparation() {
    return preparation;
  }

  /** Reads the picture of a row. */
  public Picture read(int row) {
    var rgb = new byte[preparation.bytes()];
    read(row, rgb);
    return new Picture(preparation.size(), preparation.size(), rgb);
  }

  /**
   * Reads the picture of a row.
   *
   * @param target receives red, green and blue, {@code [size, size, 3]}
   * @throws IllegalArgumentException if the row has none
   */
  public void read(int row, byte[] target) {
    requirePicture(row);
    places.require(placeOfRow[row], checksums[placeOfRow[row]], target);
  }

  private void requirePicture(int row) {
    if (!has(row)) {
      throw new IllegalArgumentException("row " + row + " has no picture");
    }
  }

  @Override
  public void close() {
    try {
      places.close();
    } catch (IOException e) {
      throw new UserError("prepared pictures cannot be closed: " + e.getMessage(), e);
    }
  }
}
