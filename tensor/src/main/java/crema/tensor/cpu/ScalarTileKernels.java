package crema.tensor.cpu;

/** {@link TileKernels} without the Vector API. */
final class ScalarTileKernels extends TileKernels {
  @Override
  void multiplyAdd(int rows, int columns, int depth, float[] a, int ao, int rowStride, int stepStride, float[] b,
      int bo, int panelStride, float[] c, int co, int ldc) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        int left = ao + i * rowStride;
        int right = bo + j / PANEL * panelStride + j % PANEL;
        float sum = c[co + i * ldc + j];
        for (int k = 0; k < depth; k++) {
          sum = Math.fma(a[left + k * stepStride], b[right + k * PANEL], sum);
        }
        c[co + i * ldc + j] = sum;
      }
    }
  }
}
