package crema.ptx.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of small matrices, in F32: c[rows, 8] += a[rows, k] · b[k, 8], each element a chain of fused
 * multiply-adds over k. The hardware adds in another order, and cuts some bits below the largest product: its results
 * differ in the last places.
 */
final class TensorCore {
  /** Columns of a tile. */
  static final int COLUMNS = 8;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

  private TensorCore() {}

  /** Multiplies tiles that lie row after row. */
  static void multiply(float[] a, float[] b, float[] c, int rows, int k) {
    for (int row = 0; row < rows; row += 4) {
      four(a, b, c, row, k);
    }
  }

  /** Four rows at once, so that additions do not wait for each other. */
  private static void four(float[] a, float[] b, float[] c, int row, int k) {
    int at = row * COLUMNS;
    FloatVector c0 = FloatVector.fromArray(SPECIES, c, at);
    FloatVector c1 = FloatVector.fromArray(SPECIES, c, at + COLUMNS);
    FloatVector c2 = FloatVector.fromArray(SPECIES, c, at + 2 * COLUMNS);
    FloatVector c3 = FloatVector.fromArray(SPECIES, c, at + 3 * COLUMNS);
    int a0 = row * k;
    for (int i = 0; i < k; i++) {
      FloatVector x = FloatVector.fromArray(SPECIES, b, i * COLUMNS);
      c0 = FloatVector.broadcast(SPECIES, a[a0 + i]).fma(x, c0);
      c1 = FloatVector.broadcast(SPECIES, a[a0 + k + i]).fma(x, c1);
      c2 = FloatVector.broadcast(SPECIES, a[a0 + 2 * k + i]).fma(x, c2);
      c3 = FloatVector.broadcast(SPECIES, a[a0 + 3 * k + i]).fma(x, c3);
    }
    c0.intoArray(c, at);
    c1.intoArray(c, at + COLUMNS);
    c2.intoArray(c, at + 2 * COLUMNS);
    c3.intoArray(c, at + 3 * COLUMNS);
  }

  /** Spreads accumulator fragments (PTX ISA, "matrix fragments for mma.m16n8k16") over a tile of 16 rows. */
  static void loadAccumulator(int[] c0, int[] c1, int[] c2, int[] c3, float[] tile) {
    for (int lane = 0; lane < 32; lane++) {
      int at = (lane >> 2) * COLUMNS + (lane & 3) * 2;
      tile[at] = Float.intBitsToFloat(c0[lane]);
      tile[at + 1] = Float.intBitsToFloat(c1[lane]);
      tile[at + 8 * COLUMNS] = Float.intBitsToFloat(c2[lane]);
      tile[at + 8 * COLUMNS + 1] = Float.intBitsToFloat(c3[lane]);
    }
  }

  /** Gathers accumulator fragments from a tile of 16 rows. */
  static void storeAccumulator(float[] tile, int[] c0, int[] c1, int[] c2, int[] c3) {
    for (int lane = 0; lane < 32; lane++) {
      int at = (lane >> 2) * COLUMNS + (lane & 3) * 2;
      c0[lane] = Float.floatToRawIntBits(tile[at]);
      c1[lane] = Float.floatToRawIntBits(tile[at + 1]);
      c2[lane] = Float.floatToRawIntBits(tile[at + 8 * COLUMNS]);
      c3[lane] = Float.floatToRawIntBits(tile[at + 8 * COLUMNS + 1]);
    }
  }
}
