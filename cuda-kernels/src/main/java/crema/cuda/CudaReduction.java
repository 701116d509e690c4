package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.DType;
import crema.tensor.Pooling;
import crema.tensor.ReductionOps;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link ReductionOps} by {@code reduction.cu}. */
final class CudaReduction implements ReductionOps {
  private static final String FILE = "reduction";
  private static final int THREADS = 256;
  /** From so many columns on a thread has some of them to itself. */
  private static final int WIDE = 8192;
  /** Columns of a block that sums partials. */
  private static final int COLUMNS = 8;
  /** Features of a block that pools. */
  private static final int POOLED = 32;

  private final CudaContext context;

  CudaReduction(CudaContext context) {
    this.context = context;
  }

  /** y = Σ of partials {@code F32 [count, elements of y]}, or y += …. */
  static void sumPartials(CudaContext context, long partials, int count, Tensor y, Write write) {
    Write how = CudaStorage.accumulation(y, write);
    long columns = y.elements();
    if (columns >= WIDE && y.dtype() == DType.F32) {
      context.launch(FILE, "sum_rows_of_wide_partials_f32").address(partials).i32(count).i32(columns).out(y, how)
          .add(how).run(Grid.of(Math.ceilDiv(columns, 4 * THREADS), THREADS));
      return;
    }
    context.launch(FILE, "sum_rows_of_partials" + Types.suffix(y)).address(partials).i32(count).i32(columns)
        .out(y, how).add(how).run(Grid.of(Math.ceilDiv(columns, COLUMNS), THREADS));
  }

  /** y += Σ of partials {@code F32 [count, elements of y]}, and second likewise of those that follow. */
  static void addPartials(CudaContext context, long partials, int count, Tensor y, Tensor second) {
    Write how = CudaStorage.accumulation(y, Write.ADD);
    Write howSecond = CudaStorage.accumulation(second, Write.ADD);
    long columns = y.elements();
    context.launch(FILE, "sum_rows_of_two_partials" + Types.suffix(y, second)).address(partials).i32(count).i32(columns)
        .out(y, how).add(how).out(second, howSecond).add(howSecond)
        .run(Grid.of(Math.ceilDiv(columns, COLUMNS), 2, THREADS));
  }

  @Override
  public void sum(Tensor x, Tensor y, Write write) {
    Write how = CudaStorage.accumulation(y, write);
    var parts = Parts.ofElements(x.elements());
    try (var partials = context.scratch(4L * parts.count())) {
      context.launch(FILE, "sum_parts" + Types.suffix(x)).in(x).i64(x.elements()).i64(parts.size())
          .address(partials.address()).run(Grid.of(parts.count(), THREADS));
      context.launch(FILE, "sum_partials" + Types.suffix(y)).address(partials.address()).i32(parts.count()).out(y, how)
          .add(how)
          .run(Grid.of(1, THREADS));
    }
  }

  @Override
  public void sumRows(Tensor x, Tensor y, Write write) {
    long columns = y.elements();
    if (columns == 0) {
      return;
    }
    long rows = x.elements() / columns;
    var parts = Parts.ofRows(rows);
    try (var partials = context.scratch(4L * parts.count() * columns)) {
      context.launch(FILE, "sum_rows" + Types.suffix(x)).in(x).i64(rows).i32(columns).i32(parts.size())
          .address(partials.address()).run(Grid.of(Math.ceilDiv(columns, 32), parts.count(), THREADS));
      sumPartials(context, partials.address(), parts.count(), y, write);
    }
  }

  @Override
  public double sumOfSquares(Tensor x) {
    var parts = Parts.ofElements(x.elements());
    try (var partials = context.scratch(8L * parts.count()); var arena = Arena.ofConfined()) {
      context.launch(FILE, "sum_of_squares" + Types.suffix(x)).in(x).i64(x.elements()).i64(parts.size())
          .address(partials.address()).run(Grid.of(parts.count(), THREADS));
      MemorySegment host = arena.allocate(8L * parts.count(), 8);
      context.read(partials.address(), host);
      double sum = 0;
      for (int i = 0; i < parts.count(); i++) {
        sum += host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      }
      return sum;
    }
  }

  @Override
  public boolean isFinite(Tensor x) {
    var parts = Parts.ofElements(x.elements());
    try (var flags = context.scratch(4L * parts.count()); var arena = Arena.ofConfined()) {
      context.launch(FILE, "not_finite" + Types.suffix(x)).in(x).i64(x.elements()).i64(parts.size())
          .address(flags.address()).run(Grid.of(parts.count(), THREADS));
      MemorySegment host = arena.allocate(4L * parts.count(), 8);
      context.read(flags.address(), host);
      for (int i = 0; i < parts.count(); i++) {
        if (host.getAtIndex(ValueLayout.JAVA_INT, i) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static void rows(Tensor y, Launch launch) {
    if (y.elements() > 0) {
      launch.i32(y.shape().columns()).run(Grid.of(y.shape().rows(), THREADS));
    }
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    rows(y, context.launch(FILE, "softmax" + Types.suffix(x, y)).in(x).out(y));
  }

  @Override
  public void softmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    rows(dx, context.launch(FILE, "softmax_backward" + Types.suffix(y, dy, dx)).in(y).in(dy).out(dx));
  }

  @Override
  public void logSoftmax(Tensor x, Tensor y) {
    rows(y, context.launch(FILE, "log_softmax" + Types.suffix(x, y)).in(x).out(y));
  }

  @Override
  public void logSoftmaxBackward(Tensor y, Tensor dy, Tensor dx) {
    rows(dx, context.launch(FILE, "log_softmax_backward" + Types.suffix(y, dy, dx)).in(y).in(dy).out(dx));
  }

  @Override
  public void pool(Pooling pooling, Tensor x, Sequences sequences, Tensor y) {
    long features = x.shape().columns();
    context.launch(FILE, "pool" + Types.suffix(x)).i32(pooling.ordinal()).in(x).in(sequences.cuSeqlens()).i32(features)
        .out(y).run(Grid.of(sequences.count(), Math.ceilDiv(features, POOLED), THREADS));
  }

  @Override
  public void poolBackward(Pooling pooling, Tensor x, Sequences sequences, Tensor dy, Tensor dx) {
    long features = x.shape().columns();
    context.launch(FILE, "pool_backward" + Types.suffix(x, dx)).i32(pooling.ordinal()).in(x).in(sequences.cuSeqlens())
        .i32(features).in(dy).out(dx).run(Grid.of(sequences.count(), Math.ceilDiv(features, POOLED), THREADS));
  }
}
