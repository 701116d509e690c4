package crema.family.neighbours;

import crema.base.WorkerPool;

/** Products of the columns of a matrix with few columns, in double precision: the same bits for any number of threads. */
final class Gram {
  /** Rows of a matrix that one task works on. */
  private static final int BLOCK = 1024;
  /** Sums that are kept apart, whatever the number of threads. */
  private static final int PARTS = 32;
  /** Relative to the trace, so that directions which are not there do not divide by zero. */
  private static final double RIDGE = 1e-12;

  private Gram() {}

  /** The products of all columns with all: {@code [width, width]}, symmetric. */
  static double[] of(float[] matrix, int rows, int width, WorkerPool pool) {
    int blocks = (rows + BLOCK - 1) / BLOCK;
    int parts = Math.min(blocks, PARTS);
    var partial = new double[parts][];
    pool.run(parts, (part, _) -> {
      var sums = new double[width * width];
      var row = new double[width];
      for (int block = part; block < blocks; block += parts) {
        for (int r = block * BLOCK; r < Math.min(rows, (block + 1) * BLOCK); r++) {
          for (int i = 0; i < width; i++) {
            row[i] = matrix[r * width + i];
          }
          addOuter(row, sums, width);
        }
      }
      partial[part] = sums;
    });
    var products = partial[0];
    for (int part = 1; part < parts; part++) {
      for (int i = 0; i < products.length; i++) {
        products[i] += partial[part][i];
      }
    }
    for (int i = 0; i < width; i++) {
      for (int j = 0; j < i; j++) {
        products[i * width + j] = products[j * width + i];
      }
    }
    return products;
  }

  /** Adds the upper triangle of the outer product of a row with itself. */
  private static void addOuter(double[] row, double[] sums, int width) {
    for (int i = 0; i < width; i++) {
      double factor = row[i];
      if (factor != 0) {
        for (int j = i; j < width; j++) {
          sums[i * width + j] += factor * row[j];
        }
      }
    }
  }

  /** Replaces a symmetric matrix by its upper Cholesky factor. */
  static void cholesky(double[] matrix, int width) {
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += matrix[i * width + i];
    }
    double least = Math.max(RIDGE * trace, Double.MIN_NORMAL);
    for (int i = 0; i < width; i++) {
      double root = Math.sqrt(Math.max(matrix[i * width + i], least));
      matrix[i * width + i] = root;
      for (int j = i + 1; j < width; j++) {
        matrix[i * width + j] /= root;
      }
      for (int k = i + 1; k < width; k++) {
        double factor = matrix[i * width + k];
        for (int j = k; j < width; j++) {
          matrix[k * width + j] -= factor * matrix[i * width + j];
        }
      }
    }
  }

  /** Work on some rows, from the first to before the last. */
  @FunctionalInterface
  interface Rows {
    void work(int from, int to);
  }

  static void forBlocks(int rows, WorkerPool pool, Rows work) {
    int blocks = (rows + BLOCK - 1) / BLOCK;
    pool.run(blocks, (block, _) -> work.work(block * BLOCK, Math.min(rows, (block + 1) * BLOCK)));
  }
}
