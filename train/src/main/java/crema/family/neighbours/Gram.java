package crema.family.neighbours;

import crema.base.WorkerPool;
import crema.linear.PositiveDefinite;

/** Products of the columns of a matrix with few columns, in double precision: the same bits for any number of threads. */
final class Gram {
  /** Rows of a matrix that one task works on. */
  private static final int BLOCK = 1024;
  private static final int ROWS_AT_ONCE = 4;
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
      var block = new double[ROWS_AT_ONCE][width];
      for (int number = part; number < blocks; number += parts) {
        int end = Math.min(rows, (number + 1) * BLOCK);
        for (int first = number * BLOCK; first < end; first += ROWS_AT_ONCE) {
          for (int r = 0; r < ROWS_AT_ONCE; r++) {
            for (int i = 0; i < width; i++) {
              block[r][i] = first + r < end ? matrix[(first + r) * width + i] : 0;
            }
          }
          addOuter(block[0], block[1], block[2], block[3], sums, width);
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

  /** Adds the upper triangle of the outer products of four rows with themselves: sums are read and written once. */
  private static void addOuter(double[] a, double[] b, double[] c, double[] d, double[] sums, int width) {
    for (int i = 0; i < width; i++) {
      double fa = a[i];
      double fb = b[i];
      double fc = c[i];
      double fd = d[i];
      int row = i * width;
      for (int j = i; j < width; j++) {
        sums[row + j] += fa * a[j] + fb * b[j] + fc * c[j] + fd * d[j];
      }
    }
  }

  /** Replaces a symmetric matrix by its upper Cholesky factor; one that is nearly singular is taken to be a little off. */
  static void cholesky(double[] matrix, int width) {
    double trace = 0;
    for (int i = 0; i < width; i++) {
      trace += matrix[i * width + i];
    }
    PositiveDefinite.factor(matrix, width, Math.max(RIDGE * trace, Double.MIN_NORMAL));
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

  /**
   * Makes the columns of a matrix orthonormal, by the Cholesky factor R of their products: A := A · R⁻¹.
   *
   * @param matrix {@code [rows, width]}
   */
  static void orthonormalize(float[] matrix, int rows, int width, WorkerPool pool) {
    double[] factor = of(matrix, rows, width, pool);
    cholesky(factor, width);
    forBlocks(rows, pool, (from, to) -> {
      var block = new double[ROWS_AT_ONCE][width];
      for (int first = from; first < to; first += ROWS_AT_ONCE) {
        for (int r = 0; r < ROWS_AT_ONCE; r++) {
          for (int i = 0; i < width; i++) {
            block[r][i] = first + r < to ? matrix[(first + r) * width + i] : 0;
          }
        }
        solve(factor, width, block[0], block[1], block[2], block[3]);
        for (int r = 0; r < ROWS_AT_ONCE && first + r < to; r++) {
          for (int i = 0; i < width; i++) {
            matrix[(first + r) * width + i] = (float) block[r][i];
          }
        }
      }
    });
  }

  /** Replaces four rows by row · R⁻¹. */
  private static void solve(double[] factor, int width, double[] a, double[] b, double[] c, double[] d) {
    for (int i = 0; i < width; i++) {
      int row = i * width;
      double va = a[i] / factor[row + i];
      double vb = b[i] / factor[row + i];
      double vc = c[i] / factor[row + i];
      double vd = d[i] / factor[row + i];
      a[i] = va;
      b[i] = vb;
      c[i] = vc;
      d[i] = vd;
      for (int j = i + 1; j < width; j++) {
        double f = factor[row + j];
        a[j] -= va * f;
        b[j] -= vb * f;
        c[j] -= vc * f;
        d[j] -= vd * f;
      }
    }
  }
}
