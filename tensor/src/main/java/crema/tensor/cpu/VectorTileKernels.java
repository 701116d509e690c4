package crema.tensor.cpu;

import crema.tensor.cpu.simd.SimdSpecies;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileKernels} on vectors: blocks of some rows and one or two vectors, whose sums stay in registers. Eight rows
 * of two vectors need 512 bits, where there are 32 registers; the other widths have blocks of four rows.
 */
final class VectorTileKernels extends TileKernels {
  private static final VectorSpecies<Float> SPECIES = SimdSpecies.FLOAT;
  private static final int LANES = SPECIES.length();
  private static final boolean EIGHT_ROWS = LANES == 16;

  private static FloatVector load(float[] array, int offset) {
    return FloatVector.fromArray(SPECIES, array, offset);
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  @Override
  void multiplyAdd(int rows, int columns, int depth, float[] a, int ao, int rowStride, int stepStride, float[] b,
      int bo, int panelStride, float[] c, int co, int ldc) {
    for (int j = 0; j < columns; j += 2 * LANES) {
      int b0 = bo + j / PANEL * panelStride + j % PANEL;
      int next = j + LANES;
      boolean two = next < columns;
      int b1 = bo + next / PANEL * panelStride + next % PANEL;
      int i = 0;
      if (EIGHT_ROWS) {
        for (; i <= rows - 8; i += 8) {
          if (two) {
            eightByTwo(a, ao + i * rowStride, rowStride, stepStride, b, b0, b1, c, co + i * ldc + j, ldc, depth);
          } else {
            eightByOne(a, ao + i * rowStride, rowStride, stepStride, b, b0, c, co + i * ldc + j, ldc, depth);
          }
        }
      }
      for (; i < rows; i += 4) {
        // A block that sticks out at the bottom computes the last row several times over.
        int last = rows - 1 - i;
        if (two) {
          fourByTwo(a, ao + i * rowStride, rowStride, stepStride, b, b0, b1, c, co + i * ldc + j, ldc, last, depth);
        } else {
          fourByOne(a, ao + i * rowStride, rowStride, stepStride, b, b0, c, co + i * ldc + j, ldc, last, depth);
        }
      }
    }
  }

  private static void eightByTwo(float[] a, int a0, int rowStride, int stepStride, float[] b, int b0, int b1,
      float[] c, int c0, int ldc, int depth) {
    int a1 = a0 + rowStride;
    int c1 = c0 + ldc;
    int a2 = a0 + 2 * rowStride;
    int c2 = c0 + 2 * ldc;
    int a3 = a0 + 3 * rowStride;
    int c3 = c0 + 3 * ldc;
    int a4 = a0 + 4 * rowStride;
    int c4 = c0 + 4 * ldc;
    int a5 = a0 + 5 * rowStride;
    int c5 = c0 + 5 * ldc;
    int a6 = a0 + 6 * rowStride;
    int c6 = c0 + 6 * ldc;
    int a7 = a0 + 7 * rowStride;
    int c7 = c0 + 7 * ldc;
    var s00 = load(c, c0);
    var s01 = load(c, c0 + LANES);
    var s10 = load(c, c1);
    var s11 = load(c, c1 + LANES);
    var s20 = load(c, c2);
    var s21 = load(c, c2 + LANES);
    var s30 = load(c, c3);
    var s31 = load(c, c3 + LANES);
    var s40 = load(c, c4);
    var s41 = load(c, c4 + LANES);
    var s50 = load(c, c5);
    var s51 = load(c, c5 + LANES);
    var s60 = load(c, c6);
    var s61 = load(c, c6 + LANES);
    var s70 = load(c, c7);
    var s71 = load(c, c7 + LANES);
    for (int k = 0, step = 0; k < depth; k++, step += stepStride) {
      var v0 = load(b, b0 + k * PANEL);
      var v1 = load(b, b1 + k * PANEL);
      var x = all(a[a0 + step]);
      s00 = x.fma(v0, s00);
      s01 = x.fma(v1, s01);
      x = all(a[a1 + step]);
      s10 = x.fma(v0, s10);
      s11 = x.fma(v1, s11);
      x = all(a[a2 + step]);
      s20 = x.fma(v0, s20);
      s21 = x.fma(v1, s21);
      x = all(a[a3 + step]);
      s30 = x.fma(v0, s30);
      s31 = x.fma(v1, s31);
      x = all(a[a4 + step]);
      s40 = x.fma(v0, s40);
      s41 = x.fma(v1, s41);
      x = all(a[a5 + step]);
      s50 = x.fma(v0, s50);
      s51 = x.fma(v1, s51);
      x = all(a[a6 + step]);
      s60 = x.fma(v0, s60);
      s61 = x.fma(v1, s61);
      x = all(a[a7 + step]);
      s70 = x.fma(v0, s70);
      s71 = x.fma(v1, s71);
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + LANES);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + LANES);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + LANES);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + LANES);
    s40.intoArray(c, c4);
    s41.intoArray(c, c4 + LANES);
    s50.intoArray(c, c5);
    s51.intoArray(c, c5 + LANES);
    s60.intoArray(c, c6);
    s61.intoArray(c, c6 + LANES);
    s70.intoArray(c, c7);
    s71.intoArray(c, c7 + LANES);
  }

  private static void eightByOne(float[] a, int a0, int rowStride, int stepStride, float[] b, int b0,
      float[] c, int c0, int ldc, int depth) {
    int a1 = a0 + rowStride;
    int c1 = c0 + ldc;
    int a2 = a0 + 2 * rowStride;
    int c2 = c0 + 2 * ldc;
    int a3 = a0 + 3 * rowStride;
    int c3 = c0 + 3 * ldc;
    int a4 = a0 + 4 * rowStride;
    int c4 = c0 + 4 * ldc;
    int a5 = a0 + 5 * rowStride;
    int c5 = c0 + 5 * ldc;
    int a6 = a0 + 6 * rowStride;
    int c6 = c0 + 6 * ldc;
    int a7 = a0 + 7 * rowStride;
    int c7 = c0 + 7 * ldc;
    var s0 = load(c, c0);
    var s1 = load(c, c1);
    var s2 = load(c, c2);
    var s3 = load(c, c3);
    var s4 = load(c, c4);
    var s5 = load(c, c5);
    var s6 = load(c, c6);
    var s7 = load(c, c7);
    for (int k = 0, step = 0; k < depth; k++, step += stepStride) {
      var v = load(b, b0 + k * PANEL);
      s0 = all(a[a0 + step]).fma(v, s0);
      s1 = all(a[a1 + step]).fma(v, s1);
      s2 = all(a[a2 + step]).fma(v, s2);
      s3 = all(a[a3 + step]).fma(v, s3);
      s4 = all(a[a4 + step]).fma(v, s4);
      s5 = all(a[a5 + step]).fma(v, s5);
      s6 = all(a[a6 + step]).fma(v, s6);
      s7 = all(a[a7 + step]).fma(v, s7);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c1);
    s2.intoArray(c, c2);
    s3.intoArray(c, c3);
    s4.intoArray(c, c4);
    s5.intoArray(c, c5);
    s6.intoArray(c, c6);
    s7.intoArray(c, c7);
  }

  private static void fourByTwo(float[] a, int a0, int rowStride, int stepStride, float[] b, int b0, int b1,
      float[] c, int c0, int ldc, int last, int depth) {
    int a1 = a0 + Math.min(1, last) * rowStride;
    int c1 = c0 + Math.min(1, last) * ldc;
    int a2 = a0 + Math.min(2, last) * rowStride;
    int c2 = c0 + Math.min(2, last) * ldc;
    int a3 = a0 + Math.min(3, last) * rowStride;
    int c3 = c0 + Math.min(3, last) * ldc;
    var s00 = load(c, c0);
    var s01 = load(c, c0 + LANES);
    var s10 = load(c, c1);
    var s11 = load(c, c1 + LANES);
    var s20 = load(c, c2);
    var s21 = load(c, c2 + LANES);
    var s30 = load(c, c3);
    var s31 = load(c, c3 + LANES);
    for (int k = 0, step = 0; k < depth; k++, step += stepStride) {
      var v0 = load(b, b0 + k * PANEL);
      var v1 = load(b, b1 + k * PANEL);
      var x = all(a[a0 + step]);
      s00 = x.fma(v0, s00);
      s01 = x.fma(v1, s01);
      x = all(a[a1 + step]);
      s10 = x.fma(v0, s10);
      s11 = x.fma(v1, s11);
      x = all(a[a2 + step]);
      s20 = x.fma(v0, s20);
      s21 = x.fma(v1, s21);
      x = all(a[a3 + step]);
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

  private static void fourByOne(float[] a, int a0, int rowStride, int stepStride, float[] b, int b0,
      float[] c, int c0, int ldc, int last, int depth) {
    int a1 = a0 + Math.min(1, last) * rowStride;
    int c1 = c0 + Math.min(1, last) * ldc;
    int a2 = a0 + Math.min(2, last) * rowStride;
    int c2 = c0 + Math.min(2, last) * ldc;
    int a3 = a0 + Math.min(3, last) * rowStride;
    int c3 = c0 + Math.min(3, last) * ldc;
    var s0 = load(c, c0);
    var s1 = load(c, c1);
    var s2 = load(c, c2);
    var s3 = load(c, c3);
    for (int k = 0, step = 0; k < depth; k++, step += stepStride) {
      var v = load(b, b0 + k * PANEL);
      s0 = all(a[a0 + step]).fma(v, s0);
      s1 = all(a[a1 + step]).fma(v, s1);
      s2 = all(a[a2 + step]).fma(v, s2);
      s3 = all(a[a3 + step]).fma(v, s3);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c1);
    s2.intoArray(c, c2);
    s3.intoArray(c, c3);
  }
}
