package crema.fasttext;

import crema.base.IntList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A matrix as a product quantizer's codes.
 *
 * @param rows how many rows
 * @param dim their length
 * @param codes {@code [rows, quantizer.parts]}
 * @param quantizer what the codes mean
 * @param normCodes {@code [rows]}, the codes of the rows' norms if the rows were normalised before quantizing
 * @param normQuantizer what the norms' codes mean
 */
record QuantizedMatrix(
    long rows,
    int dim,
    byte[] codes,
    ProductQuantizer quantizer,
    byte @Nullable [] normCodes,
    @Nullable ProductQuantizer normQuantizer)
    implements RowMatrix {

  /**
   * Quantizes a matrix.
   *
   * @param dsub the columns that share a code
   * @param separateNorms whether to quantize norms and directions separately; the matrix's rows are then normalised
   */
  static QuantizedMatrix of(DenseMatrix matrix, int dsub, boolean separateNorms) {
    int rows = Math.toIntExact(matrix.rows());
    int dim = matrix.dim();
    byte[] normCodes = null;
    ProductQuantizer normQuantizer = null;
    if (separateNorms) {
      var norms = new float[rows];
      for (int row = 0; row < rows; row++) {
        norms[row] = norm(matrix, row);
        normalise(matrix, row, norms[row]);
      }
      normQuantizer = new ProductQuantizer(1, 1);
      normCodes = new byte[rows];
      var points = new ProductQuantizer.Points() {
        @Override
        public int size() {
          return rows;
        }

        @Override
        public void copy(int point, int from, int width, float[] target, int targetOffset) {
          target[targetOffset] = norms[point];
        }
      };
      normQuantizer.train(points);
      normQuantizer.encode(points, normCodes);
    }
    var quantizer = new ProductQuantizer(dim, dsub);
    var codes = new byte[Math.multiplyExact(rows, quantizer.parts())];
    var points = new ProductQuantizer.Points() {
      @Override
      public int size() {
        return rows;
      }

      @Override
      public void copy(int point, int from, int width, float[] target, int targetOffset) {
        System.arraycopy(matrix.page(point), matrix.offset(point) + from, target, targetOffset, width);
      }
    };
    quantizer.train(points);
    quantizer.encode(points, codes);
    return new QuantizedMatrix(rows, dim, codes, quantizer, normCodes, normQuantizer);
  }

  /** The Euclidean norm of a row; squares are rounded to single precision, and summed in double. */
  static float norm(DenseMatrix matrix, int row) {
    float[] page = matrix.page(row);
    int base = matrix.offset(row);
    double sum = 0;
    for (int j = 0; j < matrix.dim(); j++) {
      sum += page[base + j] * page[base + j];
    }
    return (float) Math.sqrt(sum);
  }

  private static void normalise(DenseMatrix matrix, int row, float norm) {
    if (norm == 0f) {
      return;
    }
    float[] page = matrix.page(row);
    int base = matrix.offset(row);
    for (int j = 0; j < matrix.dim(); j++) {
      page[base + j] /= norm;
    }
  }

  private float norm(int row) {
    return normCodes == null || normQuantizer == null ? 1f : normQuantizer.scalar(normCodes[row]);
  }

  @Override
  public void addRow(int row, float[] x) {
    quantizer.addCode(x, codes, row * quantizer.parts(), norm(row));
  }

  @Override
  public void averageRows(IntList rowList, float[] hidden) {
    Arrays.fill(hidden, 0, dim, 0f);
    if (rowList.isEmpty()) {
      return;
    }
    for (int i = 0; i < rowList.size(); i++) {
      addRow(rowList.get(i), hidden);
    }
    float scale = (float) (1.0 / rowList.size());
    for (int j = 0; j < dim; j++) {
      hidden[j] *= scale;
    }
  }

  @Override
  public float dot(float[] x, int row) {
    return quantizer.dotCode(x, codes, row * quantizer.parts(), norm(row));
  }

  @Override
  public void dotRows(float[] x, int count, float[] out) {
    for (int row = 0; row < count; row++) {
      out[row] = dot(x, row);
    }
  }
}
