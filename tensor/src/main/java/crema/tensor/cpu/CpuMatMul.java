package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.Activation;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.MatMulOps;
import crema.tensor.MatrixSource;
import crema.tensor.Orientation;
import crema.tensor.PackedMatrix;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import crema.tensor.Write;
import crema.tensor.cpu.gemm.Epilogue;
import crema.tensor.cpu.gemm.Gemm;
import crema.tensor.cpu.gemm.Halves;
import crema.tensor.cpu.gemm.PackedPanels;
import org.jspecify.annotations.Nullable;

/** {@link MatMulOps} by {@link Gemm}; activations are applied to blocks of the result while these are in the cache. */
final class CpuMatMul implements MatMulOps {
  private final Gemm gemm;

  CpuMatMul(CpuContext context) {
    gemm = context.gemm;
  }

  private record Packed(PackedPanels panels) implements PackedMatrix {
    @Override
    public long rows() {
      return panels.columns();
    }

    @Override
    public long columns() {
      return panels.depth();
    }

    @Override
    public void close() {}
  }

  @Override
  public void matmul(Orientation orientation, Tensor a, Tensor b, Tensor c, Write write) {
    gemm.multiply(orientation, rows(c), columns(c), orientation.aIsTransposed() ? rows(a) : columns(a), floats(a),
        start(a), columns(a), floats(b), start(b), columns(b), floats(c), start(c), columns(c), write == Write.ADD);
  }

  @Override
  public void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation, Tensor y,
      @Nullable Tensor preactivation) {
    gemm.linear(rows(x), columns(y), columns(x), floats(x), start(x), columns(x), floats(weight), start(weight),
        columns(weight), bias == null ? null : floats(bias), bias == null ? 0 : start(bias),
        epilogue(activation, columns(y), preactivation), floats(y), start(y), columns(y));
  }

  @Override
  public PackedMatrix pack(Tensor weight) {
    return new Packed(gemm.pack(true, rows(weight), columns(weight), floats(weight), start(weight), columns(weight)));
  }

  /** Packs a weight that is read some rows at a time. */
  PackedMatrix pack(MatrixSource source, Backend backend) {
    int out = (int) source.shape().rows();
    int in = (int) source.shape().columns();
    Halves halves = source.type() == DType.F32 ? null : Halves.of(source.type());
    try (var scope = new Scope(backend)) {
      Tensor rows = scope.empty(DType.F32, gemm.rowsAtATime(out, in), in);
      Tensor wide = scope.empty(DType.F32, halves == null ? 0 : gemm.floatsToNarrow(out, in));
      return new Packed(gemm.pack(out, in, halves, floats(rows), start(rows), floats(wide),
          (first, count) -> {
            try (Tensor some = rows.rows(0, count)) {
              source.read(first, some);
            }
          }));
    }
  }

  @Override
  public void linear(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Activation activation, Tensor y) {
    gemm.linear(rows(x), floats(x), start(x), columns(x), ((Packed) weight).panels(),
        bias == null ? null : floats(bias), bias == null ? 0 : start(bias), epilogue(activation, columns(y), null),
        floats(y), start(y), columns(y));
  }

  private static @Nullable Epilogue epilogue(Activation activation, int columns, @Nullable Tensor preactivation) {
    if (preactivation == null) {
      return activation == Activation.IDENTITY ? null
          : (c, offset, stride, row, column, height, width) -> activate(activation, c, offset, stride, height, width);
    }
    float[] kept = floats(preactivation);
    int keptAt = start(preactivation);
    return (c, offset, stride, row, column, height, width) -> {
      for (int i = 0; i < height; i++) {
        System.arraycopy(c, offset + i * stride, kept, keptAt + (row + i) * columns + column, width);
      }
      activate(activation, c, offset, stride, height, width);
    };
  }

  private static void activate(Activation activation, float[] c, int offset, int stride, int height, int width) {
    for (int i = 0; i < height; i++) {
      Kernels.ACTIVATION.activate(activation, c, offset + i * stride, c, offset + i * stride, width);
    }
  }

  private static int rows(Tensor matrix) {
    return (int) matrix.shape().rows();
  }

  private static int columns(Tensor matrix) {
    return (int) matrix.shape().columns();
  }
}
