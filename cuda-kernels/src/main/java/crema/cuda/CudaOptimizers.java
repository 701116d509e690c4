package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.Deferred;
import crema.tensor.OptimizerOps;
import crema.tensor.PointwiseOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * {@link OptimizerOps} by {@code optimizers.cu}: whatever the number of parameters, four launches. All numbers of a step are
 * in a table that is written to the device, so that the launches are the same in every step.
 */
final class CudaOptimizers implements OptimizerOps {
  private static final String FILE = "optimizers";
  private static final int THREADS = 256;
  private static final long CHUNK = 4096;
  private static final long WARPS = THREADS / 32;
  /** Of a parameter with a row-sparse gradient that a warp takes: as many rows as have so many elements. */
  private static final long MOST_ROWS = 32;
  private static final long ELEMENTS = 768;

  /** {@code Clipping} of {@code optimizers.cu}; the norm comes first. */
  private static final int CLIPPING_BYTES = 2 * Double.BYTES;

  /** {@code Slot} of {@code optimizers.cu}. */
  private static final StructLayout SLOT = MemoryLayout.structLayout(
      ValueLayout.JAVA_LONG.withName("parameter"), ValueLayout.JAVA_LONG.withName("first"),
      ValueLayout.JAVA_LONG.withName("second"), ValueLayout.JAVA_LONG.withName("gradient"),
      ValueLayout.JAVA_LONG.withName("half"), ValueLayout.JAVA_LONG.withName("rows"),
      ValueLayout.JAVA_DOUBLE.withName("gradientScale"), ValueLayout.JAVA_LONG.withName("elements"),
      ValueLayout.JAVA_LONG.withName("gradientElements"), ValueLayout.JAVA_INT.withName("columns"),
      ValueLayout.JAVA_INT.withName("rowCount"), ValueLayout.JAVA_INT.withName("chunk"),
      ValueLayout.JAVA_INT.withName("gradientChunk"),
      MemoryLayout.sequenceLayout(8, ValueLayout.JAVA_FLOAT).withName("factors"));

  private static final long FACTORS = SLOT.byteOffset(MemoryLayout.PathElement.groupElement("factors"));

  private final CudaContext context;
  private final PointwiseOps pointwise;

  CudaOptimizers(CudaContext context, PointwiseOps pointwise) {
    this.context = context;
    this.pointwise = pointwise;
  }

  @Override
  public void adamW(Tensor parameter, Tensor gradient, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    update(List.of(new AdamWSlot.Dense(parameter, gradient, firstMoment, secondMoment, step)));
  }

  @Override
  public void adamWSparse(Tensor parameter, SparseRows gradient, Tensor firstMoment, Tensor secondMoment,
      AdamWStep step) {
    update(List.of(new AdamWSlot.Sparse(parameter, gradient, firstMoment, secondMoment, step)));
  }

  private void update(List<AdamWSlot> slots) {
    var table = new Table(slots);
    try (var memory = context.scratch(table.bytes())) {
      context.write(memory.address(), table.words);
      table.launchUpdates(context, memory.address(), 0);
    }
  }

  @Override
  public Deferred adamWAll(List<AdamWSlot> slots, double maxNorm) {
    var table = new Table(slots);
    try (var memory = context.scratch(table.bytes());
        var partials = context.scratch((long) table.gradientChunks * Double.BYTES);
        var clipping = context.scratch(CLIPPING_BYTES)) {
      context.write(memory.address(), table.words);
      if (table.gradientChunks > 0) {
        context.launch(FILE, "gradient_squares").address(memory.address()).i32(slots.size())
            .address(partials.address()).run(Grid.of(table.gradientChunks, THREADS));
      }
      context.launch(FILE, "gradient_clipping").address(partials.address()).i32(table.gradientChunks).f64(maxNorm)
          .address(clipping.address()).run(Grid.of(1, THREADS));
      table.launchUpdates(context, memory.address(), clipping.address());
      return context.defer(clipping.address(), true);
    }
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    pointwise.addScaled(-learningRate * gradientScale, gradient, parameter);
  }

  /** The parameters of an update, those with dense gradients first, and which blocks have which part of which. */
  private static final class Table {
    private final MemorySegment words;
    private int dense;
    private int sparse;
    private int denseChunks;
    private int sparseChunks;
    private int gradientChunks;

    Table(List<AdamWSlot> slots) {
      words = MemorySegment.ofArray(new long[Math.toIntExact(slots.size() * SLOT.byteSize() / Long.BYTES)]);
      for (AdamWSlot slot : slots) {
        if (slot instanceof AdamWSlot.Dense) {
          add(dense++, slot, 0, 1, 0, slot.gradientValues().elements(), denseChunks);
          denseChunks += chunks(slot.parameter().elements(), CHUNK);
        }
      }
      for (AdamWSlot slot : slots) {
        if (slot instanceof AdamWSlot.Sparse withRows) {
          SparseRows gradient = withRows.gradient();
          long columns = slot.parameter().shape().columns();
          add(dense + sparse++, slot, CudaStorage.address(gradient.rows()), columns, gradient.rows().elements(),
              roomFor(gradient), sparseChunks);
          sparseChunks += columns == 0 ? 0
              : chunks(slot.parameter().shape().rows(), WARPS * Math.clamp(ELEMENTS / columns, 1, MOST_ROWS));
        }
      }
    }

    long bytes() {
      return words.byteSize();
    }

    private void add(int index, AdamWSlot slot, long rows, long columns, long rowCount, long gradientRoom, int chunk) {
      MemorySegment to = words.asSlice(index * SLOT.byteSize(), SLOT.byteSize());
      AdamWStep step = slot.step();
      Tensor parameter = slot.parameter();
      long half = CudaStorage.updatedHalf(parameter);
      CudaStorage.of(slot.firstMoment()).written();
      CudaStorage.of(slot.secondMoment()).written();
      long[] longs = {CudaStorage.address(parameter), CudaStorage.address(slot.firstMoment()),
          CudaStorage.address(slot.secondMoment()), CudaStorage.address(slot.gradientValues()), half, rows,
          Double.doubleToRawLongBits(step.gradientScale()), parameter.elements(), slot.gradientValues().elements()};
      MemorySegment.copy(longs, 0, to, ValueLayout.JAVA_LONG, 0, longs.length);
      int[] ints = {Math.toIntExact(columns), Math.toIntExact(rowCount), chunk, gradientChunks};
      MemorySegment.copy(ints, 0, to, ValueLayout.JAVA_INT, (long) longs.length * Long.BYTES, ints.length);
      gradientChunks += chunks(gradientRoom, CHUNK);
      double correction1 = 1 - Math.pow(step.beta1(), step.step());
      double correction2 = 1 - Math.pow(step.beta2(), step.step());
      float[] factors = {(float) (1 - step.learningRate() * step.weightDecay()), (float) step.beta1(),
          (float) (1 - step.beta1()), (float) step.beta2(), (float) (1 - step.beta2()),
          (float) (1 / Math.sqrt(correction2)), (float) step.epsilon(), (float) (step.learningRate() / correction1)};
      MemorySegment.copy(factors, 0, to, ValueLayout.JAVA_FLOAT, FACTORS, factors.length);
    }

    private static int chunks(long elements, long chunk) {
      return Math.toIntExact(Math.ceilDiv(elements, chunk));
    }

    /** Elements that a row-sparse gradient may have in a batch of this size: blocks for all of them are launched. */
    private static long roomFor(SparseRows gradient) {
      return gradient.values().storage().elements() - gradient.values().offset();
    }

    /** Queues the updates. */
    void launchUpdates(CudaContext context, long address, long clipping) {
      if (denseChunks > 0) {
        context.launch(FILE, "adamw_dense").address(address).i32(dense).address(clipping)
            .run(Grid.of(denseChunks, THREADS));
      }
      if (sparseChunks > 0) {
        context.launch(FILE, "adamw_sparse").address(address + dense * SLOT.byteSize()).i32(sparse)
            .address(clipping).run(Grid.of(sparseChunks, THREADS));
      }
    }
  }
}
