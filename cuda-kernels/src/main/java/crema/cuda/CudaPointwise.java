package crema.cuda;

import crema.base.Rng;
import crema.cuda.driver.Grid;
import crema.tensor.Activation;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.PointwiseOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** {@link PointwiseOps} by {@code pointwise.cu} and {@code residual.cu}. */
final class CudaPointwise implements PointwiseOps {
  private static final String FILE = "pointwise";
  private static final int THREADS = 256;
  private static final int MOST_BLOCKS = 1024;

  private final CudaContext context;
  private final CudaResidual residuals;

  CudaPointwise(CudaContext context, CudaResidual residuals) {
    this.context = context;
    this.residuals = residuals;
  }

  /** Blocks for a loop over so many elements in which each thread takes four at a time. */
  static Grid elements(long count) {
    return Grid.of(Math.clamp((count + 4 * THREADS - 1) / (4 * THREADS), 1, MOST_BLOCKS), THREADS);
  }

  @Override
  public void fill(double value, Tensor x) {
    if (value == 0 && CudaStorage.blank(x)) {
      return;
    }
    switch (x.dtype()) {
      case F32 -> context.fill(x, Float.floatToRawIntBits((float) value));
      case I32 -> context.fill(x, (int) value);
      case BF16 -> context.launch(FILE, "fill_bf16").f32(value).out(x).i64(x.elements()).run(elements(x.elements()));
      case F64, F16, I8 -> throw new IllegalArgumentException("no kernel fills " + x.dtype());
    }
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    if (x.dtype() == y.dtype()) {
      context.copy(x, y);
      return;
    }
    if (x.dtype() == DType.F32 && y.dtype() == DType.BF16 || x.dtype() == DType.BF16 && y.dtype() == DType.F32) {
      String entry = x.dtype() == DType.F32 ? "f32_to_bf16" : "bf16_to_f32";
      context.launch(FILE, entry).in(x).out(y).i64(x.elements()).run(elements(x.elements()));
      return;
    }
    throw new IllegalArgumentException("no kernel turns " + x.dtype() + " into " + y.dtype());
  }

  @Override
  public void copyColumns(Tensor x, long from, Tensor y) {
    columns(x, from, x.shape().columns(), y, 0, y.shape().columns(), y);
  }

  @Override
  public void setColumns(Tensor x, long from, Tensor y) {
    columns(x, 0, x.shape().columns(), y, from, y.shape().columns(), x);
  }

  private void columns(Tensor x, long fromX, long strideX, Tensor y, long fromY, long strideY, Tensor narrow) {
    int bytes = x.dtype().bytes();
    long rows = narrow.shape().rows();
    long columns = narrow.shape().columns();
    context.launch(FILE, "copy_columns" + Types.suffix(x, y))
        .address(CudaStorage.address(x) + fromX * bytes).i32(strideX)
        .inOut(y, fromY).i32(strideY).i32(columns).i64(rows)
        .run(elements(rows * columns * 4));
  }

  @Override
  public void activate(Activation f, Tensor x, Tensor y) {
    context.launch(FILE, "activate" + Types.suffix(x, y)).i32(f.ordinal()).in(x).out(y).i64(x.elements())
        .run(elements(x.elements()));
  }

  @Override
  public void activateBackward(Activation f, Tensor x, Tensor dy, Tensor dx, Write write) {
    context.launch(FILE, "activate_backward" + Types.suffix(x, dy, dx)).i32(f.ordinal()).in(x).in(dy)
        .out(dx, write).add(write).i64(x.elements()).run(elements(x.elements()));
  }

  @Override
  public void binary(BinaryOperator operator, Tensor a, Tensor b, Tensor y) {
    context.launch(FILE, "binary" + Types.suffix(a, b, y)).i32(operator.ordinal()).in(a).in(b).out(y).i64(a.elements())
        .i64(b.elements()).run(elements(a.elements()));
  }

  @Override
  public void scale(double factor, Tensor x, Tensor y) {
    context.launch(FILE, "scale" + Types.suffix(x, y)).f32(factor).in(x).out(y).i64(x.elements())
        .run(elements(x.elements()));
  }

  @Override
  public void addScaled(double factor, Tensor x, Tensor y) {
    context.launch(FILE, "add_scaled" + Types.suffix(x, y)).f32(factor).in(x).inOut(y).i64(x.elements())
        .run(elements(x.elements()));
  }

  @Override
  public void swiglu(Tensor gate, Tensor up, Tensor y) {
    context.launch(FILE, "swiglu" + Types.suffix(gate, up, y)).in(gate).in(up).out(y).i64(gate.elements())
        .run(elements(gate.elements()));
  }

  @Override
  public void swigluBackward(Tensor gate, Tensor up, Tensor dy, Tensor dgate, Tensor dup) {
    context.launch(FILE, "swiglu_backward" + Types.suffix(gate, up, dy, dgate, dup)).in(gate).in(up).in(dy).out(dgate)
        .out(dup).i64(gate.elements()).run(elements(gate.elements()));
  }

  @Override
  public void dropout(Tensor x, float p, Rng.Stream random, Tensor y) {
    context.launch(FILE, "dropout" + Types.suffix(x, y)).in(x).f32(p).random(random).out(y).i64(x.elements())
        .run(elements(x.elements()));
  }

  @Override
  public void residual(Tensor x, Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor y) {
    residuals.residual(new Branch(branch, gamma, sequences, p, random), x, y);
  }

  @Override
  public void residualBackward(Tensor branch, @Nullable Tensor gamma, Sequences sequences, float p,
      Rng.@Nullable Stream random, Tensor dy, Tensor dbranch, @Nullable Tensor dgamma) {
    residuals.residualBackward(new Branch(branch, gamma, sequences, p, random), dy, dbranch, dgamma);
  }
}
