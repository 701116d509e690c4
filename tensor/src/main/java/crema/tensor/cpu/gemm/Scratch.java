package crema.tensor.cpu.gemm;

/** The working memory of products, which is kept from one to the next and grows to what the largest needs. */
final class Scratch {
  /**
   * Where panels start in an array of packed panels. An array's elements start 16 bytes after the array does; where
   * that is at the start of a cache line, as garbage collectors tend to put large arrays, so are the panels.
   */
  static final int ALIGNMENT = 12;

  private static final float[] NONE = {};

  /** Packed B for all threads, from {@link #ALIGNMENT} on. */
  float[] panelsOfB = NONE;
  /**
   * Sums of all parts of k but the first, whose sums are in C: {@code [parts - 1, m, n]} from {@link #ALIGNMENT} on.
   */
  float[] partSums = NONE;
  private float[] zeros = NONE;
  private final Own[] own;

  /** The memory of one worker. */
  static final class Own {
    /** Packed rows of A, from {@link #ALIGNMENT} on. */
    float[] panelsOfA = NONE;
    /** A packed block of B that this worker alone needs, from {@link #ALIGNMENT} on. */
    float[] panelsOfB = NONE;
    /** Takes the place of C where a panel of B is wider than what is left of C's row. */
    final float[] tile;

    Own(MicroKernel kernel) {
      tile = new float[kernel.rows() * kernel.columns()];
    }
  }

  Scratch(int workers, MicroKernel kernel) {
    own = new Own[workers];
    for (int worker = 0; worker < workers; worker++) {
      own[worker] = new Own(kernel);
    }
  }

  Own of(int worker) {
    return own[worker];
  }

  /** A row of {@code n} zeros, to start sums from: as a matrix of any number of rows. */
  Product.Matrix zeros(int n) {
    if (zeros.length < n) {
      zeros = new float[n];
    }
    return new Product.Matrix(zeros, 0, 0);
  }

  /** The array, or a longer one where it does not hold {@link #ALIGNMENT} and so many floats. */
  static float[] grown(float[] array, long floats) {
    long length = ALIGNMENT + floats;
    return array.length >= length ? array : new float[Math.toIntExact(length + length / 4)];
  }
}
