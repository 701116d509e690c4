package crema.tensor;

import java.util.Arrays;
import java.util.StringJoiner;

/**
 * The extents of a tensor, outermost first. A scalar has no extents and one element.
 *
 * <p>Immutable; element counts are exact {@code long}s, and an overflow is an error, never a wrapped number.
 */
public final class Shape {
  private final long[] extents;
  private final long elements;

  private Shape(long[] extents) {
    this.extents = extents;
    long count = 1;
    for (long extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(extents));
      }
      try {
        count = Math.multiplyExact(count, extent);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException("shape " + Arrays.toString(extents) + " has more than 2^63 elements", e);
      }
    }
    this.elements = count;
  }

  /** A shape of the given extents; none makes a scalar. */
  public static Shape of(long... extents) {
    return new Shape(extents.clone());
  }

  /** The number of dimensions. */
  public int rank() {
    return extents.length;
  }

  /** The extent of a dimension; negative numbers count from the last: {@code -1} is the innermost. */
  public long extent(int dimension) {
    return extents[dimension < 0 ? dimension + extents.length : dimension];
  }

  /** The product of all extents. */
  public long elements() {
    return elements;
  }

  /** The product of all extents but the innermost: the number of rows. One for a scalar. */
  public long rows() {
    long rows = 1;
    for (int i = 0; i < extents.length - 1; i++) {
      rows *= extents[i];
    }
    return rows;
  }

  /** The innermost extent: the length of a row. One for a scalar. */
  public long columns() {
    return extents.length == 0 ? 1 : extents[extents.length - 1];
  }

  /** A copy of the extents. */
  public long[] toArray() {
    return extents.clone();
  }

  /** Whether {@code suffix}'s extents are the innermost extents of this shape. */
  public boolean endsWith(Shape suffix) {
    int skip = extents.length - suffix.extents.length;
    return skip >= 0 && Arrays.equals(extents, skip, extents.length, suffix.extents, 0, suffix.extents.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** The extents in brackets: {@code [64, 384]}. */
  @Override
  public String toString() {
    var text = new StringJoiner(", ", "[", "]");
    for (long extent : extents) {
      text.add(Long.toString(extent));
    }
    return text.toString();
  }
}
