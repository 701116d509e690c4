package crema.tensor.cpu.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register blocks of 256-bit vectors.
 * Written by {@code MicroKernelGenerator}, which is among the tests: change that, not this file.
 */
final class MicroKernel256 implements MicroKernel {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
  private static final float[] INTERLEAVE_LOW = MicroKernel.interleave(8, 0);
  private static final float[] INTERLEAVE_HIGH = MicroKernel.interleave(8, 4);

  @Override
  public int lanes() {
    return 8;
  }

  @Override
  public int rows() {
    return 4;
  }

  @Override
  public int vectors() {
    return 2;
  }

  @Override
  public void multiply(
      int rows, int vectors, float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    switch (rows * 3 + vectors) {
      case 4 * 3 + 2 -> multiply4x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 3 + 1 -> multiply4x8(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 3 + 2 -> multiply2x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 3 + 1 -> multiply2x8(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 3 + 2 -> multiply1x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 3 + 1 -> multiply1x8(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      default -> throw new IllegalArgumentException(
          "no kernel of " + rows + " rows, " + vectors + " vectors");
    }
  }

  private static void multiply4x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 8);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 8);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c2x1 = FloatVector.fromArray(S, from, fo + 2 * ldf + 8);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c3x1 = FloatVector.fromArray(S, from, fo + 3 * ldf + 8);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var b1 = FloatVector.fromArray(S, b, bo + k * 16 + 8);
      var a0 = FloatVector.broadcast(S, a[ao + k * 4]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      var a1 = FloatVector.broadcast(S, a[ao + k * 4 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
      var a2 = FloatVector.broadcast(S, a[ao + k * 4 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      c2x1 = a2.fma(b1, c2x1);
      var a3 = FloatVector.broadcast(S, a[ao + k * 4 + 3]);
      c3x0 = a3.fma(b0, c3x0);
      c3x1 = a3.fma(b1, c3x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 8);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 8);
    c2x0.intoArray(c, co + 2 * ldc);
    c2x1.intoArray(c, co + 2 * ldc + 8);
    c3x0.intoArray(c, co + 3 * ldc);
    c3x1.intoArray(c, co + 3 * ldc + 8);
  }

  private static void multiply4x8(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 8);
      var a0 = FloatVector.broadcast(S, a[ao + k * 4]);
      c0x0 = a0.fma(b0, c0x0);
      var a1 = FloatVector.broadcast(S, a[ao + k * 4 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      var a2 = FloatVector.broadcast(S, a[ao + k * 4 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      var a3 = FloatVector.broadcast(S, a[ao + k * 4 + 3]);
      c3x0 = a3.fma(b0, c3x0);
    }
    c0x0.intoArray(c, co);
    c1x0.intoArray(c, co + ldc);
    c2x0.intoArray(c, co + 2 * ldc);
    c3x0.intoArray(c, co + 3 * ldc);
  }

  private static void multiply2x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 8);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 8);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var b1 = FloatVector.fromArray(S, b, bo + k * 16 + 8);
      var a0 = FloatVector.broadcast(S, a[ao + k * 2]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      var a1 = FloatVector.broadcast(S, a[ao + k * 2 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 8);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 8);
  }

  private static void multiply2x8(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 8);
      var a0 = FloatVector.broadcast(S, a[ao + k * 2]);
      c0x0 = a0.fma(b0, c0x0);
      var a1 = FloatVector.broadcast(S, a[ao + k * 2 + 1]);
      c1x0 = a1.fma(b0, c1x0);
    }
    c0x0.intoArray(c, co);
    c1x0.intoArray(c, co + ldc);
  }

  private static void multiply1x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 8);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var b1 = FloatVector.fromArray(S, b, bo + k * 16 + 8);
      var a0 = FloatVector.broadcast(S, a[ao + k]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 8);
  }

  private static void multiply1x8(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 8);
      var a0 = FloatVector.broadcast(S, a[ao + k]);
      c0x0 = a0.fma(b0, c0x0);
    }
    c0x0.intoArray(c, co);
  }

  @Override
  public void copy(
      float[] from, int fo, int ldf, int width, float[] to, int too, int ldt, int panelStride, int panels) {
    for (int panel = 0; panel < panels; panel++) {
      int f = fo + panel * width;
      int t = too + panel * panelStride;
      FloatVector.fromArray(S, from, f).intoArray(to, t);
      FloatVector.fromArray(S, from, f + ldf).intoArray(to, t + ldt);
      FloatVector.fromArray(S, from, f + 2 * ldf).intoArray(to, t + 2 * ldt);
      FloatVector.fromArray(S, from, f + 3 * ldf).intoArray(to, t + 3 * ldt);
    }
  }

  @Override
  public void transpose(
      float[] from, int fo, int ldf, int rows, float[] to, int too, int ldt, int blocks) {
    var low = FloatVector.fromArray(S, INTERLEAVE_LOW, 0);
    var high = FloatVector.fromArray(S, INTERLEAVE_HIGH, 0);
    int f0 = fo + Math.min(0, rows - 1) * ldf;
    int f1 = fo + Math.min(1, rows - 1) * ldf;
    int f2 = fo + Math.min(2, rows - 1) * ldf;
    int f3 = fo + Math.min(3, rows - 1) * ldf;
    int f4 = fo + Math.min(4, rows - 1) * ldf;
    int f5 = fo + Math.min(5, rows - 1) * ldf;
    int f6 = fo + Math.min(6, rows - 1) * ldf;
    int f7 = fo + Math.min(7, rows - 1) * ldf;
    for (int block = 0; block < blocks; block++) {
      int k = block * 8;
      var s0 = FloatVector.fromArray(S, from, f0 + k);
      var s1 = FloatVector.fromArray(S, from, f1 + k);
      var s2 = FloatVector.fromArray(S, from, f2 + k);
      var s3 = FloatVector.fromArray(S, from, f3 + k);
      var s4 = FloatVector.fromArray(S, from, f4 + k);
      var s5 = FloatVector.fromArray(S, from, f5 + k);
      var s6 = FloatVector.fromArray(S, from, f6 + k);
      var s7 = FloatVector.fromArray(S, from, f7 + k);
      var t0 = low.selectFrom(s0, s4);
      var t1 = high.selectFrom(s0, s4);
      var t2 = low.selectFrom(s1, s5);
      var t3 = high.selectFrom(s1, s5);
      var t4 = low.selectFrom(s2, s6);
      var t5 = high.selectFrom(s2, s6);
      var t6 = low.selectFrom(s3, s7);
      var t7 = high.selectFrom(s3, s7);
      var u0 = low.selectFrom(t0, t4);
      var u1 = high.selectFrom(t0, t4);
      var u2 = low.selectFrom(t1, t5);
      var u3 = high.selectFrom(t1, t5);
      var u4 = low.selectFrom(t2, t6);
      var u5 = high.selectFrom(t2, t6);
      var u6 = low.selectFrom(t3, t7);
      var u7 = high.selectFrom(t3, t7);
      var v0 = low.selectFrom(u0, u4);
      var v1 = high.selectFrom(u0, u4);
      var v2 = low.selectFrom(u1, u5);
      var v3 = high.selectFrom(u1, u5);
      var v4 = low.selectFrom(u2, u6);
      var v5 = high.selectFrom(u2, u6);
      var v6 = low.selectFrom(u3, u7);
      var v7 = high.selectFrom(u3, u7);
      int t = too + k * ldt;
      v0.intoArray(to, t);
      v1.intoArray(to, t + ldt);
      v2.intoArray(to, t + 2 * ldt);
      v3.intoArray(to, t + 3 * ldt);
      v4.intoArray(to, t + 4 * ldt);
      v5.intoArray(to, t + 5 * ldt);
      v6.intoArray(to, t + 6 * ldt);
      v7.intoArray(to, t + 7 * ldt);
    }
  }
}
