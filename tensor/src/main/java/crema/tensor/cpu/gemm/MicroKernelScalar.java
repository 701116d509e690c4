package crema.tensor.cpu.gemm;

/**
 * Register blocks of plain floats.
 * Written by {@code MicroKernelGenerator}, which is among the tests: change that, not this file.
 */
final class MicroKernelScalar implements MicroKernel {

  @Override
  public int lanes() {
    return 1;
  }

  @Override
  public int rows() {
    return 4;
  }

  @Override
  public int vectors() {
    return 4;
  }

  @Override
  public void multiply(
      int rows, int vectors, float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    switch (rows * 5 + vectors) {
      case 4 * 5 + 4 -> multiply4x4(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 5 + 3 -> multiply4x3(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 5 + 2 -> multiply4x2(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 4 * 5 + 1 -> multiply4x1(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 5 + 4 -> multiply2x4(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 5 + 3 -> multiply2x3(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 5 + 2 -> multiply2x2(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 2 * 5 + 1 -> multiply2x1(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 5 + 4 -> multiply1x4(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 5 + 3 -> multiply1x3(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 5 + 2 -> multiply1x2(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      case 1 * 5 + 1 -> multiply1x1(a, ao, b, bo, from, fo, ldf, c, co, ldc, depth);
      default -> throw new IllegalArgumentException(
          "no kernel of " + rows + " rows, " + vectors + " vectors");
    }
  }

  private static void multiply4x4(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    float c0x3 = from[fo + 3];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    float c1x2 = from[fo + ldf + 2];
    float c1x3 = from[fo + ldf + 3];
    float c2x0 = from[fo + 2 * ldf];
    float c2x1 = from[fo + 2 * ldf + 1];
    float c2x2 = from[fo + 2 * ldf + 2];
    float c2x3 = from[fo + 2 * ldf + 3];
    float c3x0 = from[fo + 3 * ldf];
    float c3x1 = from[fo + 3 * ldf + 1];
    float c3x2 = from[fo + 3 * ldf + 2];
    float c3x3 = from[fo + 3 * ldf + 3];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 4];
      float b1 = b[bo + k * 4 + 1];
      float b2 = b[bo + k * 4 + 2];
      float b3 = b[bo + k * 4 + 3];
      float a0 = a[ao + k * 4];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
      c0x3 = Math.fma(a0, b3, c0x3);
      float a1 = a[ao + k * 4 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
      c1x2 = Math.fma(a1, b2, c1x2);
      c1x3 = Math.fma(a1, b3, c1x3);
      float a2 = a[ao + k * 4 + 2];
      c2x0 = Math.fma(a2, b0, c2x0);
      c2x1 = Math.fma(a2, b1, c2x1);
      c2x2 = Math.fma(a2, b2, c2x2);
      c2x3 = Math.fma(a2, b3, c2x3);
      float a3 = a[ao + k * 4 + 3];
      c3x0 = Math.fma(a3, b0, c3x0);
      c3x1 = Math.fma(a3, b1, c3x1);
      c3x2 = Math.fma(a3, b2, c3x2);
      c3x3 = Math.fma(a3, b3, c3x3);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
    c[co + 3] = c0x3;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
    c[co + ldc + 2] = c1x2;
    c[co + ldc + 3] = c1x3;
    c[co + 2 * ldc] = c2x0;
    c[co + 2 * ldc + 1] = c2x1;
    c[co + 2 * ldc + 2] = c2x2;
    c[co + 2 * ldc + 3] = c2x3;
    c[co + 3 * ldc] = c3x0;
    c[co + 3 * ldc + 1] = c3x1;
    c[co + 3 * ldc + 2] = c3x2;
    c[co + 3 * ldc + 3] = c3x3;
  }

  private static void multiply4x3(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    float c1x2 = from[fo + ldf + 2];
    float c2x0 = from[fo + 2 * ldf];
    float c2x1 = from[fo + 2 * ldf + 1];
    float c2x2 = from[fo + 2 * ldf + 2];
    float c3x0 = from[fo + 3 * ldf];
    float c3x1 = from[fo + 3 * ldf + 1];
    float c3x2 = from[fo + 3 * ldf + 2];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 3];
      float b1 = b[bo + k * 3 + 1];
      float b2 = b[bo + k * 3 + 2];
      float a0 = a[ao + k * 4];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
      float a1 = a[ao + k * 4 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
      c1x2 = Math.fma(a1, b2, c1x2);
      float a2 = a[ao + k * 4 + 2];
      c2x0 = Math.fma(a2, b0, c2x0);
      c2x1 = Math.fma(a2, b1, c2x1);
      c2x2 = Math.fma(a2, b2, c2x2);
      float a3 = a[ao + k * 4 + 3];
      c3x0 = Math.fma(a3, b0, c3x0);
      c3x1 = Math.fma(a3, b1, c3x1);
      c3x2 = Math.fma(a3, b2, c3x2);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
    c[co + ldc + 2] = c1x2;
    c[co + 2 * ldc] = c2x0;
    c[co + 2 * ldc + 1] = c2x1;
    c[co + 2 * ldc + 2] = c2x2;
    c[co + 3 * ldc] = c3x0;
    c[co + 3 * ldc + 1] = c3x1;
    c[co + 3 * ldc + 2] = c3x2;
  }

  private static void multiply4x2(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    float c2x0 = from[fo + 2 * ldf];
    float c2x1 = from[fo + 2 * ldf + 1];
    float c3x0 = from[fo + 3 * ldf];
    float c3x1 = from[fo + 3 * ldf + 1];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 2];
      float b1 = b[bo + k * 2 + 1];
      float a0 = a[ao + k * 4];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      float a1 = a[ao + k * 4 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
      float a2 = a[ao + k * 4 + 2];
      c2x0 = Math.fma(a2, b0, c2x0);
      c2x1 = Math.fma(a2, b1, c2x1);
      float a3 = a[ao + k * 4 + 3];
      c3x0 = Math.fma(a3, b0, c3x0);
      c3x1 = Math.fma(a3, b1, c3x1);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
    c[co + 2 * ldc] = c2x0;
    c[co + 2 * ldc + 1] = c2x1;
    c[co + 3 * ldc] = c3x0;
    c[co + 3 * ldc + 1] = c3x1;
  }

  private static void multiply4x1(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c1x0 = from[fo + ldf];
    float c2x0 = from[fo + 2 * ldf];
    float c3x0 = from[fo + 3 * ldf];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k];
      float a0 = a[ao + k * 4];
      c0x0 = Math.fma(a0, b0, c0x0);
      float a1 = a[ao + k * 4 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      float a2 = a[ao + k * 4 + 2];
      c2x0 = Math.fma(a2, b0, c2x0);
      float a3 = a[ao + k * 4 + 3];
      c3x0 = Math.fma(a3, b0, c3x0);
    }
    c[co] = c0x0;
    c[co + ldc] = c1x0;
    c[co + 2 * ldc] = c2x0;
    c[co + 3 * ldc] = c3x0;
  }

  private static void multiply2x4(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    float c0x3 = from[fo + 3];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    float c1x2 = from[fo + ldf + 2];
    float c1x3 = from[fo + ldf + 3];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 4];
      float b1 = b[bo + k * 4 + 1];
      float b2 = b[bo + k * 4 + 2];
      float b3 = b[bo + k * 4 + 3];
      float a0 = a[ao + k * 2];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
      c0x3 = Math.fma(a0, b3, c0x3);
      float a1 = a[ao + k * 2 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
      c1x2 = Math.fma(a1, b2, c1x2);
      c1x3 = Math.fma(a1, b3, c1x3);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
    c[co + 3] = c0x3;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
    c[co + ldc + 2] = c1x2;
    c[co + ldc + 3] = c1x3;
  }

  private static void multiply2x3(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    float c1x2 = from[fo + ldf + 2];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 3];
      float b1 = b[bo + k * 3 + 1];
      float b2 = b[bo + k * 3 + 2];
      float a0 = a[ao + k * 2];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
      float a1 = a[ao + k * 2 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
      c1x2 = Math.fma(a1, b2, c1x2);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
    c[co + ldc + 2] = c1x2;
  }

  private static void multiply2x2(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c1x0 = from[fo + ldf];
    float c1x1 = from[fo + ldf + 1];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 2];
      float b1 = b[bo + k * 2 + 1];
      float a0 = a[ao + k * 2];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      float a1 = a[ao + k * 2 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
      c1x1 = Math.fma(a1, b1, c1x1);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + ldc] = c1x0;
    c[co + ldc + 1] = c1x1;
  }

  private static void multiply2x1(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c1x0 = from[fo + ldf];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k];
      float a0 = a[ao + k * 2];
      c0x0 = Math.fma(a0, b0, c0x0);
      float a1 = a[ao + k * 2 + 1];
      c1x0 = Math.fma(a1, b0, c1x0);
    }
    c[co] = c0x0;
    c[co + ldc] = c1x0;
  }

  private static void multiply1x4(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    float c0x3 = from[fo + 3];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 4];
      float b1 = b[bo + k * 4 + 1];
      float b2 = b[bo + k * 4 + 2];
      float b3 = b[bo + k * 4 + 3];
      float a0 = a[ao + k];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
      c0x3 = Math.fma(a0, b3, c0x3);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
    c[co + 3] = c0x3;
  }

  private static void multiply1x3(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    float c0x2 = from[fo + 2];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 3];
      float b1 = b[bo + k * 3 + 1];
      float b2 = b[bo + k * 3 + 2];
      float a0 = a[ao + k];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
      c0x2 = Math.fma(a0, b2, c0x2);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
    c[co + 2] = c0x2;
  }

  private static void multiply1x2(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    float c0x1 = from[fo + 1];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k * 2];
      float b1 = b[bo + k * 2 + 1];
      float a0 = a[ao + k];
      c0x0 = Math.fma(a0, b0, c0x0);
      c0x1 = Math.fma(a0, b1, c0x1);
    }
    c[co] = c0x0;
    c[co + 1] = c0x1;
  }

  private static void multiply1x1(
      float[] a, int ao, float[] b, int bo,
      float[] from, int fo, int ldf, float[] c, int co, int ldc, int depth) {
    float c0x0 = from[fo];
    for (int k = 0; k < depth; k++) {
      float b0 = b[bo + k];
      float a0 = a[ao + k];
      c0x0 = Math.fma(a0, b0, c0x0);
    }
    c[co] = c0x0;
  }

  @Override
  public void copy(
      float[] from, int fo, int ldf, int width, float[] to, int too, int ldt, int panelStride, int panels) {
    for (int panel = 0; panel < panels; panel++) {
      int f = fo + panel * width;
      int t = too + panel * panelStride;
      to[t] = from[f];
      to[t + ldt] = from[f + ldf];
      to[t + 2 * ldt] = from[f + 2 * ldf];
      to[t + 3 * ldt] = from[f + 3 * ldf];
    }
  }

  @Override
  public void transpose(
      float[] from, int fo, int ldf, int rows, float[] to, int too, int ldt, int blocks) {
    for (int block = 0; block < blocks; block++) {
      to[too + block * ldt] = from[fo + block];
    }
  }
}
