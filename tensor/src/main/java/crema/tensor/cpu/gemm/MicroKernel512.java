package crema.tensor.cpu.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Register blocks of 512-bit vectors.
 * Written by {@code MicroKernelGenerator}, which is among the tests: change that, not this file.
 */
final class MicroKernel512 implements MicroKernel {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
  private static final float[] INTERLEAVE_LOW = MicroKernel.interleave(16, 0);
  private static final float[] INTERLEAVE_HIGH = MicroKernel.interleave(16, 8);

  @Override
  public int lanes() {
    return 16;
  }

  @Override
  public int rows() {
    return 12;
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
      case 12 * 3 + 2 -> multiply12x32(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 12 * 3 + 1 -> multiply12x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 8 * 3 + 2 -> multiply8x32(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 8 * 3 + 1 -> multiply8x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 3 + 2 -> multiply4x32(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 3 + 1 -> multiply4x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 3 + 2 -> multiply2x32(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 3 + 1 -> multiply2x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 3 + 2 -> multiply1x32(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 3 + 1 -> multiply1x16(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      default -> throw new IllegalArgumentException(
          "no kernel of " + rows + " rows, " + vectors + " vectors");
    }
  }

  private static void multiply12x32(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 16);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 16);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c2x1 = FloatVector.fromArray(S, from, fo + 2 * ldf + 16);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c3x1 = FloatVector.fromArray(S, from, fo + 3 * ldf + 16);
    var c4x0 = FloatVector.fromArray(S, from, fo + 4 * ldf);
    var c4x1 = FloatVector.fromArray(S, from, fo + 4 * ldf + 16);
    var c5x0 = FloatVector.fromArray(S, from, fo + 5 * ldf);
    var c5x1 = FloatVector.fromArray(S, from, fo + 5 * ldf + 16);
    var c6x0 = FloatVector.fromArray(S, from, fo + 6 * ldf);
    var c6x1 = FloatVector.fromArray(S, from, fo + 6 * ldf + 16);
    var c7x0 = FloatVector.fromArray(S, from, fo + 7 * ldf);
    var c7x1 = FloatVector.fromArray(S, from, fo + 7 * ldf + 16);
    var c8x0 = FloatVector.fromArray(S, from, fo + 8 * ldf);
    var c8x1 = FloatVector.fromArray(S, from, fo + 8 * ldf + 16);
    var c9x0 = FloatVector.fromArray(S, from, fo + 9 * ldf);
    var c9x1 = FloatVector.fromArray(S, from, fo + 9 * ldf + 16);
    var c10x0 = FloatVector.fromArray(S, from, fo + 10 * ldf);
    var c10x1 = FloatVector.fromArray(S, from, fo + 10 * ldf + 16);
    var c11x0 = FloatVector.fromArray(S, from, fo + 11 * ldf);
    var c11x1 = FloatVector.fromArray(S, from, fo + 11 * ldf + 16);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 32);
      var b1 = FloatVector.fromArray(S, b, bo + k * 32 + 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 12]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      var a1 = FloatVector.broadcast(S, a[ao + k * 12 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
      var a2 = FloatVector.broadcast(S, a[ao + k * 12 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      c2x1 = a2.fma(b1, c2x1);
      var a3 = FloatVector.broadcast(S, a[ao + k * 12 + 3]);
      c3x0 = a3.fma(b0, c3x0);
      c3x1 = a3.fma(b1, c3x1);
      var a4 = FloatVector.broadcast(S, a[ao + k * 12 + 4]);
      c4x0 = a4.fma(b0, c4x0);
      c4x1 = a4.fma(b1, c4x1);
      var a5 = FloatVector.broadcast(S, a[ao + k * 12 + 5]);
      c5x0 = a5.fma(b0, c5x0);
      c5x1 = a5.fma(b1, c5x1);
      var a6 = FloatVector.broadcast(S, a[ao + k * 12 + 6]);
      c6x0 = a6.fma(b0, c6x0);
      c6x1 = a6.fma(b1, c6x1);
      var a7 = FloatVector.broadcast(S, a[ao + k * 12 + 7]);
      c7x0 = a7.fma(b0, c7x0);
      c7x1 = a7.fma(b1, c7x1);
      var a8 = FloatVector.broadcast(S, a[ao + k * 12 + 8]);
      c8x0 = a8.fma(b0, c8x0);
      c8x1 = a8.fma(b1, c8x1);
      var a9 = FloatVector.broadcast(S, a[ao + k * 12 + 9]);
      c9x0 = a9.fma(b0, c9x0);
      c9x1 = a9.fma(b1, c9x1);
      var a10 = FloatVector.broadcast(S, a[ao + k * 12 + 10]);
      c10x0 = a10.fma(b0, c10x0);
      c10x1 = a10.fma(b1, c10x1);
      var a11 = FloatVector.broadcast(S, a[ao + k * 12 + 11]);
      c11x0 = a11.fma(b0, c11x0);
      c11x1 = a11.fma(b1, c11x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 16);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 16);
    c2x0.intoArray(c, co + 2 * ldc);
    c2x1.intoArray(c, co + 2 * ldc + 16);
    c3x0.intoArray(c, co + 3 * ldc);
    c3x1.intoArray(c, co + 3 * ldc + 16);
    c4x0.intoArray(c, co + 4 * ldc);
    c4x1.intoArray(c, co + 4 * ldc + 16);
    c5x0.intoArray(c, co + 5 * ldc);
    c5x1.intoArray(c, co + 5 * ldc + 16);
    c6x0.intoArray(c, co + 6 * ldc);
    c6x1.intoArray(c, co + 6 * ldc + 16);
    c7x0.intoArray(c, co + 7 * ldc);
    c7x1.intoArray(c, co + 7 * ldc + 16);
    c8x0.intoArray(c, co + 8 * ldc);
    c8x1.intoArray(c, co + 8 * ldc + 16);
    c9x0.intoArray(c, co + 9 * ldc);
    c9x1.intoArray(c, co + 9 * ldc + 16);
    c10x0.intoArray(c, co + 10 * ldc);
    c10x1.intoArray(c, co + 10 * ldc + 16);
    c11x0.intoArray(c, co + 11 * ldc);
    c11x1.intoArray(c, co + 11 * ldc + 16);
  }

  private static void multiply12x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c4x0 = FloatVector.fromArray(S, from, fo + 4 * ldf);
    var c5x0 = FloatVector.fromArray(S, from, fo + 5 * ldf);
    var c6x0 = FloatVector.fromArray(S, from, fo + 6 * ldf);
    var c7x0 = FloatVector.fromArray(S, from, fo + 7 * ldf);
    var c8x0 = FloatVector.fromArray(S, from, fo + 8 * ldf);
    var c9x0 = FloatVector.fromArray(S, from, fo + 9 * ldf);
    var c10x0 = FloatVector.fromArray(S, from, fo + 10 * ldf);
    var c11x0 = FloatVector.fromArray(S, from, fo + 11 * ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 12]);
      c0x0 = a0.fma(b0, c0x0);
      var a1 = FloatVector.broadcast(S, a[ao + k * 12 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      var a2 = FloatVector.broadcast(S, a[ao + k * 12 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      var a3 = FloatVector.broadcast(S, a[ao + k * 12 + 3]);
      c3x0 = a3.fma(b0, c3x0);
      var a4 = FloatVector.broadcast(S, a[ao + k * 12 + 4]);
      c4x0 = a4.fma(b0, c4x0);
      var a5 = FloatVector.broadcast(S, a[ao + k * 12 + 5]);
      c5x0 = a5.fma(b0, c5x0);
      var a6 = FloatVector.broadcast(S, a[ao + k * 12 + 6]);
      c6x0 = a6.fma(b0, c6x0);
      var a7 = FloatVector.broadcast(S, a[ao + k * 12 + 7]);
      c7x0 = a7.fma(b0, c7x0);
      var a8 = FloatVector.broadcast(S, a[ao + k * 12 + 8]);
      c8x0 = a8.fma(b0, c8x0);
      var a9 = FloatVector.broadcast(S, a[ao + k * 12 + 9]);
      c9x0 = a9.fma(b0, c9x0);
      var a10 = FloatVector.broadcast(S, a[ao + k * 12 + 10]);
      c10x0 = a10.fma(b0, c10x0);
      var a11 = FloatVector.broadcast(S, a[ao + k * 12 + 11]);
      c11x0 = a11.fma(b0, c11x0);
    }
    c0x0.intoArray(c, co);
    c1x0.intoArray(c, co + ldc);
    c2x0.intoArray(c, co + 2 * ldc);
    c3x0.intoArray(c, co + 3 * ldc);
    c4x0.intoArray(c, co + 4 * ldc);
    c5x0.intoArray(c, co + 5 * ldc);
    c6x0.intoArray(c, co + 6 * ldc);
    c7x0.intoArray(c, co + 7 * ldc);
    c8x0.intoArray(c, co + 8 * ldc);
    c9x0.intoArray(c, co + 9 * ldc);
    c10x0.intoArray(c, co + 10 * ldc);
    c11x0.intoArray(c, co + 11 * ldc);
  }

  private static void multiply8x32(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 16);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 16);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c2x1 = FloatVector.fromArray(S, from, fo + 2 * ldf + 16);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c3x1 = FloatVector.fromArray(S, from, fo + 3 * ldf + 16);
    var c4x0 = FloatVector.fromArray(S, from, fo + 4 * ldf);
    var c4x1 = FloatVector.fromArray(S, from, fo + 4 * ldf + 16);
    var c5x0 = FloatVector.fromArray(S, from, fo + 5 * ldf);
    var c5x1 = FloatVector.fromArray(S, from, fo + 5 * ldf + 16);
    var c6x0 = FloatVector.fromArray(S, from, fo + 6 * ldf);
    var c6x1 = FloatVector.fromArray(S, from, fo + 6 * ldf + 16);
    var c7x0 = FloatVector.fromArray(S, from, fo + 7 * ldf);
    var c7x1 = FloatVector.fromArray(S, from, fo + 7 * ldf + 16);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 32);
      var b1 = FloatVector.fromArray(S, b, bo + k * 32 + 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 8]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      var a1 = FloatVector.broadcast(S, a[ao + k * 8 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
      var a2 = FloatVector.broadcast(S, a[ao + k * 8 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      c2x1 = a2.fma(b1, c2x1);
      var a3 = FloatVector.broadcast(S, a[ao + k * 8 + 3]);
      c3x0 = a3.fma(b0, c3x0);
      c3x1 = a3.fma(b1, c3x1);
      var a4 = FloatVector.broadcast(S, a[ao + k * 8 + 4]);
      c4x0 = a4.fma(b0, c4x0);
      c4x1 = a4.fma(b1, c4x1);
      var a5 = FloatVector.broadcast(S, a[ao + k * 8 + 5]);
      c5x0 = a5.fma(b0, c5x0);
      c5x1 = a5.fma(b1, c5x1);
      var a6 = FloatVector.broadcast(S, a[ao + k * 8 + 6]);
      c6x0 = a6.fma(b0, c6x0);
      c6x1 = a6.fma(b1, c6x1);
      var a7 = FloatVector.broadcast(S, a[ao + k * 8 + 7]);
      c7x0 = a7.fma(b0, c7x0);
      c7x1 = a7.fma(b1, c7x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 16);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 16);
    c2x0.intoArray(c, co + 2 * ldc);
    c2x1.intoArray(c, co + 2 * ldc + 16);
    c3x0.intoArray(c, co + 3 * ldc);
    c3x1.intoArray(c, co + 3 * ldc + 16);
    c4x0.intoArray(c, co + 4 * ldc);
    c4x1.intoArray(c, co + 4 * ldc + 16);
    c5x0.intoArray(c, co + 5 * ldc);
    c5x1.intoArray(c, co + 5 * ldc + 16);
    c6x0.intoArray(c, co + 6 * ldc);
    c6x1.intoArray(c, co + 6 * ldc + 16);
    c7x0.intoArray(c, co + 7 * ldc);
    c7x1.intoArray(c, co + 7 * ldc + 16);
  }

  private static void multiply8x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c4x0 = FloatVector.fromArray(S, from, fo + 4 * ldf);
    var c5x0 = FloatVector.fromArray(S, from, fo + 5 * ldf);
    var c6x0 = FloatVector.fromArray(S, from, fo + 6 * ldf);
    var c7x0 = FloatVector.fromArray(S, from, fo + 7 * ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 8]);
      c0x0 = a0.fma(b0, c0x0);
      var a1 = FloatVector.broadcast(S, a[ao + k * 8 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      var a2 = FloatVector.broadcast(S, a[ao + k * 8 + 2]);
      c2x0 = a2.fma(b0, c2x0);
      var a3 = FloatVector.broadcast(S, a[ao + k * 8 + 3]);
      c3x0 = a3.fma(b0, c3x0);
      var a4 = FloatVector.broadcast(S, a[ao + k * 8 + 4]);
      c4x0 = a4.fma(b0, c4x0);
      var a5 = FloatVector.broadcast(S, a[ao + k * 8 + 5]);
      c5x0 = a5.fma(b0, c5x0);
      var a6 = FloatVector.broadcast(S, a[ao + k * 8 + 6]);
      c6x0 = a6.fma(b0, c6x0);
      var a7 = FloatVector.broadcast(S, a[ao + k * 8 + 7]);
      c7x0 = a7.fma(b0, c7x0);
    }
    c0x0.intoArray(c, co);
    c1x0.intoArray(c, co + ldc);
    c2x0.intoArray(c, co + 2 * ldc);
    c3x0.intoArray(c, co + 3 * ldc);
    c4x0.intoArray(c, co + 4 * ldc);
    c5x0.intoArray(c, co + 5 * ldc);
    c6x0.intoArray(c, co + 6 * ldc);
    c7x0.intoArray(c, co + 7 * ldc);
  }

  private static void multiply4x32(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 16);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 16);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c2x1 = FloatVector.fromArray(S, from, fo + 2 * ldf + 16);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    var c3x1 = FloatVector.fromArray(S, from, fo + 3 * ldf + 16);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 32);
      var b1 = FloatVector.fromArray(S, b, bo + k * 32 + 16);
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
    c0x1.intoArray(c, co + 16);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 16);
    c2x0.intoArray(c, co + 2 * ldc);
    c2x1.intoArray(c, co + 2 * ldc + 16);
    c3x0.intoArray(c, co + 3 * ldc);
    c3x1.intoArray(c, co + 3 * ldc + 16);
  }

  private static void multiply4x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c2x0 = FloatVector.fromArray(S, from, fo + 2 * ldf);
    var c3x0 = FloatVector.fromArray(S, from, fo + 3 * ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
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

  private static void multiply2x32(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 16);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    var c1x1 = FloatVector.fromArray(S, from, fo + ldf + 16);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 32);
      var b1 = FloatVector.fromArray(S, b, bo + k * 32 + 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 2]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      var a1 = FloatVector.broadcast(S, a[ao + k * 2 + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 16);
    c1x0.intoArray(c, co + ldc);
    c1x1.intoArray(c, co + ldc + 16);
  }

  private static void multiply2x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c1x0 = FloatVector.fromArray(S, from, fo + ldf);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
      var a0 = FloatVector.broadcast(S, a[ao + k * 2]);
      c0x0 = a0.fma(b0, c0x0);
      var a1 = FloatVector.broadcast(S, a[ao + k * 2 + 1]);
      c1x0 = a1.fma(b0, c1x0);
    }
    c0x0.intoArray(c, co);
    c1x0.intoArray(c, co + ldc);
  }

  private static void multiply1x32(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    var c0x1 = FloatVector.fromArray(S, from, fo + 16);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 32);
      var b1 = FloatVector.fromArray(S, b, bo + k * 32 + 16);
      var a0 = FloatVector.broadcast(S, a[ao + k]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + 16);
  }

  private static void multiply1x16(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    var c0x0 = FloatVector.fromArray(S, from, fo);
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(S, b, bo + k * 16);
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
    int f8 = fo + Math.min(8, rows - 1) * ldf;
    int f9 = fo + Math.min(9, rows - 1) * ldf;
    int f10 = fo + Math.min(10, rows - 1) * ldf;
    int f11 = fo + Math.min(11, rows - 1) * ldf;
    int f12 = fo + Math.min(12, rows - 1) * ldf;
    int f13 = fo + Math.min(13, rows - 1) * ldf;
    int f14 = fo + Math.min(14, rows - 1) * ldf;
    int f15 = fo + Math.min(15, rows - 1) * ldf;
    for (int block = 0; block < blocks; block++) {
      int k = block * 16;
      var s0 = FloatVector.fromArray(S, from, f0 + k);
      var s1 = FloatVector.fromArray(S, from, f1 + k);
      var s2 = FloatVector.fromArray(S, from, f2 + k);
      var s3 = FloatVector.fromArray(S, from, f3 + k);
      var s4 = FloatVector.fromArray(S, from, f4 + k);
      var s5 = FloatVector.fromArray(S, from, f5 + k);
      var s6 = FloatVector.fromArray(S, from, f6 + k);
      var s7 = FloatVector.fromArray(S, from, f7 + k);
      var s8 = FloatVector.fromArray(S, from, f8 + k);
      var s9 = FloatVector.fromArray(S, from, f9 + k);
      var s10 = FloatVector.fromArray(S, from, f10 + k);
      var s11 = FloatVector.fromArray(S, from, f11 + k);
      var s12 = FloatVector.fromArray(S, from, f12 + k);
      var s13 = FloatVector.fromArray(S, from, f13 + k);
      var s14 = FloatVector.fromArray(S, from, f14 + k);
      var s15 = FloatVector.fromArray(S, from, f15 + k);
      var t0 = low.selectFrom(s0, s8);
      var t1 = high.selectFrom(s0, s8);
      var t2 = low.selectFrom(s1, s9);
      var t3 = high.selectFrom(s1, s9);
      var t4 = low.selectFrom(s2, s10);
      var t5 = high.selectFrom(s2, s10);
      var t6 = low.selectFrom(s3, s11);
      var t7 = high.selectFrom(s3, s11);
      var t8 = low.selectFrom(s4, s12);
      var t9 = high.selectFrom(s4, s12);
      var t10 = low.selectFrom(s5, s13);
      var t11 = high.selectFrom(s5, s13);
      var t12 = low.selectFrom(s6, s14);
      var t13 = high.selectFrom(s6, s14);
      var t14 = low.selectFrom(s7, s15);
      var t15 = high.selectFrom(s7, s15);
      var u0 = low.selectFrom(t0, t8);
      var u1 = high.selectFrom(t0, t8);
      var u2 = low.selectFrom(t1, t9);
      var u3 = high.selectFrom(t1, t9);
      var u4 = low.selectFrom(t2, t10);
      var u5 = high.selectFrom(t2, t10);
      var u6 = low.selectFrom(t3, t11);
      var u7 = high.selectFrom(t3, t11);
      var u8 = low.selectFrom(t4, t12);
      var u9 = high.selectFrom(t4, t12);
      var u10 = low.selectFrom(t5, t13);
      var u11 = high.selectFrom(t5, t13);
      var u12 = low.selectFrom(t6, t14);
      var u13 = high.selectFrom(t6, t14);
      var u14 = low.selectFrom(t7, t15);
      var u15 = high.selectFrom(t7, t15);
      var v0 = low.selectFrom(u0, u8);
      var v1 = high.selectFrom(u0, u8);
      var v2 = low.selectFrom(u1, u9);
      var v3 = high.selectFrom(u1, u9);
      var v4 = low.selectFrom(u2, u10);
      var v5 = high.selectFrom(u2, u10);
      var v6 = low.selectFrom(u3, u11);
      var v7 = high.selectFrom(u3, u11);
      var v8 = low.selectFrom(u4, u12);
      var v9 = high.selectFrom(u4, u12);
      var v10 = low.selectFrom(u5, u13);
      var v11 = high.selectFrom(u5, u13);
      var v12 = low.selectFrom(u6, u14);
      var v13 = high.selectFrom(u6, u14);
      var v14 = low.selectFrom(u7, u15);
      var v15 = high.selectFrom(u7, u15);
      var w0 = low.selectFrom(v0, v8);
      var w1 = high.selectFrom(v0, v8);
      var w2 = low.selectFrom(v1, v9);
      var w3 = high.selectFrom(v1, v9);
      var w4 = low.selectFrom(v2, v10);
      var w5 = high.selectFrom(v2, v10);
      var w6 = low.selectFrom(v3, v11);
      var w7 = high.selectFrom(v3, v11);
      var w8 = low.selectFrom(v4, v12);
      var w9 = high.selectFrom(v4, v12);
      var w10 = low.selectFrom(v5, v13);
      var w11 = high.selectFrom(v5, v13);
      var w12 = low.selectFrom(v6, v14);
      var w13 = high.selectFrom(v6, v14);
      var w14 = low.selectFrom(v7, v15);
      var w15 = high.selectFrom(v7, v15);
      int t = too + k * ldt;
      w0.intoArray(to, t);
      w1.intoArray(to, t + ldt);
      w2.intoArray(to, t + 2 * ldt);
      w3.intoArray(to, t + 3 * ldt);
      w4.intoArray(to, t + 4 * ldt);
      w5.intoArray(to, t + 5 * ldt);
      w6.intoArray(to, t + 6 * ldt);
      w7.intoArray(to, t + 7 * ldt);
      w8.intoArray(to, t + 8 * ldt);
      w9.intoArray(to, t + 9 * ldt);
      w10.intoArray(to, t + 10 * ldt);
      w11.intoArray(to, t + 11 * ldt);
      w12.intoArray(to, t + 12 * ldt);
      w13.intoArray(to, t + 13 * ldt);
      w14.intoArray(to, t + 14 * ldt);
      w15.intoArray(to, t + 15 * ldt);
    }
  }
}
