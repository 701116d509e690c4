package crema.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link TileKernels} on vectors: blocks of four rows and two vectors, whose sums stay in registers. */
final class VectorTileKernels extends TileKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  @Override
  void multiplyAdd(int rows, int columns, int depth, float[] a, int ao, int rowStride, int stepStride, float[] b, int bo,
      int panelStride, float[] c, int co, int ldc) {
    for (int j = 0; j < columns; j += 2 * LANES) {
      int b0 = bo + j / PANEL * panelStride + j % PANEL;
      int next = j + LANES;
      int b1 = bo + next / PANEL * panelStride + next % PANEL;
      for (int i = 0; i < rows; i += 4) {
        // A block that sticks out at the bottom computes the last row several times over.
        int i1 = Math.min(i + 1, rows - 1);
        int i2 = Math.min(i + 2, rows - 1);
        int i3 = Math.min(i + 3, rows - 1);
        if (next < columns) {
          twoVectors(a, ao + i * rowStride, ao + i1 * rowStride, ao + i2 * rowStride, ao + i3 * rowStride, stepStride,
              b, b0, b1, c, co + i * ldc + j, co + i1 * ldc + j, co + i2 * ldc + j, co + i3 * ldc + j, depth);
        } else {
          oneVector(a, ao + i * rowStride, ao + i1 * rowStride, ao + i2 * rowStride, ao + i3 * rowStride, stepStride,
              b, b0, c, co + i * ldc + j, co + i1 * ldc + j, co + i2 * ldc + j, co + i3 * ldc + j, depth);
        }
      }
    }
  }

  private static void twoVectors(float[] a, int a0, int a1, int a2, int a3, int step, float[] b, int b0, int b1,
      float[] c, int c0, int c1, int c2, int c3, int depth) {
    var s00 = load(c, c0);
    var s01 = load(c, c0 + LANES);
    var s10 = load(c, c1);
    var s11 = load(c, c1 + LANES);
    var s20 = load(c, c2);
    var s21 = load(c, c2 + LANES);
    var s30 = load(c, c3);
    var s31 = load(c, c3 + LANES);
    for (int k = 0, ak = 0; k < depth; k++, ak += step) {
      var v0 = load(b, b0 + k * PANEL);
      var v1 = load(b, b1 + k * PANEL);
      var x = all(a[a0 + ak]);
      s00 = x.fma(v0, s00);
      s01 = x.fma(v1, s01);
      x = all(a[a1 + ak]);
      s10 = x.fma(v0, s10);
      s11 = x.fma(v1, s11);
      x = all(a[a2 + ak]);
      s20 = x.fma(v0, s20);
      s21 = x.fma(v1, s21);
      x = all(a[a3 + ak]);
      s30 = x.fma(v0, s30);
      s31 = x.fma(v1, s31);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
  }

  private static void oneVector(float[] a, int a0, int a1, int a2, int a3, int step, float[] b, int b0, float[] c,
      int c0, int c1, int c2, int c3, int depth) {
    var s0 = load(c, c0);
    var s1 = load(c, c1);
    var s2 = load(c, c2);
    var s3 = load(c, c3);
    for (int k = 0, ak = 0; k < depth; k++, ak += step) {
      var v = load(b, b0 + k * PANEL);
      s0 = all(a[a0 + ak]).fma(v, s0);
      s1 = all(a[a1 + ak]).fma(v, s1);
      s2 = all(a[a2 + ak]).fma(v, s2);
      s3 = all(a[a3 + ak]).fma(v, s3);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c1);
    s2.intoArray(c, c2);
    s3.intoArray(c, c3);
  }
}
