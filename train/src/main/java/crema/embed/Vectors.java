package crema.embed;

import crema.base.LargeArrays;
import crema.base.UserError;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Vectors of one size, in an order. Immutable but for the array that they were made of. */
public final class Vectors {
  private final int size;
  private final float[] values;

  /**
   * Vectors in an array, which is not copied.
   *
   * @param size the number of features of each, at least 1
   * @param values {@code [count, size]}
   */
  public Vectors(int size, float[] values) {
    if (size < 1 || values.length % size != 0) {
      throw new IllegalArgumentException(values.length + " numbers are not vectors of " + size);
    }
    this.size = size;
    this.values = values;
  }

  /** Vectors that are copied. */
  public static Vectors of(int size, List<float[]> rows) {
    var values = newArray(rows.size(), size);
    for (int row = 0; row < rows.size(); row++) {
      if (rows.get(row).length != size) {
        throw new IllegalArgumentException("a vector of " + rows.get(row).length + " among vectors of " + size);
      }
      System.arraycopy(rows.get(row), 0, values, row * size, size);
    }
    return new Vectors(size, values);
  }

  /**
   * Zeros for vectors.
   *
   * @throws UserError when there are more than an array holds
   */
  static float[] newArray(long count, int size) {
    if (count * size > Integer.MAX_VALUE - 8) {
      throw new UserError(String.format(Locale.ROOT,
          "%,d vectors of %,d numbers are more than are held at once (%,d numbers): use fewer rows", count, size,
          Integer.MAX_VALUE - 8));
    }
    return LargeArrays.floats(count * size);
  }

  /**
   * Refuses vectors that cannot be looked up.
   *
   * @param searched the size of the vectors that are searched
   * @param k how many of them are asked for
   * @throws IllegalArgumentException when {@code k} is below 1
   * @throws UserError when they are of another size
   */
  void requireQueries(int searched, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, not " + k);
    }
    if (size != searched) {
      throw new UserError("queries have " + size + " features and the vectors that are searched " + searched
          + ": they come from different models");
    }
  }

  /** How many vectors. */
  public int count() {
    return values.length / size;
  }

  /** The number of features of each. */
  public int size() {
    return size;
  }

  /** A copy of a vector. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * size, (row + 1) * size);
  }

  /** Copies of some vectors, {@code [rows, size]}, in that order. */
  public float[] rows(int... rows) {
    float[] some = LargeArrays.floats((long) rows.length * size);
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * size, some, i * size, size);
    }
    return some;
  }

  /** One number. */
  public float value(int row, int feature) {
    return values[row * size + feature];
  }

  /** {@code [count, size]}, not copied. */
  float[] values() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vectors that && size == that.size && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * size + Arrays.hashCode(values);
  }

  /** The extents, not the numbers. */
  @Override
  public String toString() {
    return "Vectors[" + count() + " x " + size + "]";
  }
}
