package crema.cuda;

import crema.cuda.driver.Grid;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.Deferred;
import crema.tensor.OptimizerOps;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** {@link OptimizerOps} by {@code optimizers.cu}: all parameters of a model in a handful of launches. */
final class CudaOptimizers implements OptimizerOps {
  private static final String FILE = "optimizers";
  private static final int THREADS = 256;
  private static final int CHUNK = 8192;
  /** The sizes of the structs {@code Slot} and {@code Values}. */
  private static final int SLOT_BYTES = 104;
  private static final int VALUES_BYTES = 24;

  private final CudaContext context;

  CudaOptimizers(CudaContext context) {
    this.context = context;
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
    try (Scratch one = context.scratch(Float.BYTES); var arena = Arena.ofConfined()) {
      context.write(one.address(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1));
      update(slots, one.address());
    }
  }

  @Override
  public Deferred adamWAll(List<AdamWSlot> slots, double maxNorm) {
    if (slots.isEmpty()) {
      return Deferred.of(0);
    }
    try (var arena = Arena.ofConfined(); Scratch norm = context.scratch(Double.BYTES);
        Scratch clipping = context.scratch(Float.BYTES)) {
      MemorySegment table = arena.allocate((long) VALUES_BYTES * slots.size(), Long.BYTES);
      long chunks = 0;
      for (int i = 0; i < slots.size(); i++) {
        Tensor values = slots.get(i).gradientValues();
        long at = (long) i * VALUES_BYTES;
        table.set(ValueLayout.JAVA_LONG, at, CudaStorage.address(values));
        table.set(ValueLayout.JAVA_LONG, at + 8, values.elements());
        table.set(ValueLayout.JAVA_LONG, at + 16, chunks);
        chunks += Math.ceilDiv(values.elements(), CHUNK);
      }
      try (Scratch onDevice = context.scratch(table.byteSize());
          Scratch partials = context.scratch(Double.BYTES * chunks)) {
        context.write(onDevice.address(), table);
        if (chunks > 0) {
          context.launch(FILE, "squares_all").address(onDevice.address()).i32(slots.size())
              .address(partials.address()).run(Grid.of(chunks, THREADS));
        }
        context.launch(FILE, "clip").address(partials.address()).i32(chunks).f64(maxNorm).address(norm.address())
            .address(clipping.address()).run(Grid.of(1, THREADS));
      }
      update(slots, clipping.address());
      return context.defer(norm.address(), true);
    }
  }

  /** Updates all slots, their gradients multiplied by the float at an address. */
  private void update(List<AdamWSlot> slots, long clipping) {
    var indices = new ArrayList<Scratch>();
    try (var arena = Arena.ofConfined()) {
      MemorySegment table = arena.allocate((long) SLOT_BYTES * slots.size(), Long.BYTES);
      long chunks = 0;
      for (int i = 0; i < slots.size(); i++) {
        AdamWSlot slot = slots.get(i);
        Tensor parameter = slot.parameter();
        long at = (long) i * SLOT_BYTES;
        table.set(ValueLayout.JAVA_LONG, at, CudaStorage.address(parameter));
        table.set(ValueLayout.JAVA_LONG, at + 8, CudaStorage.address(slot.gradientValues()));
        table.set(ValueLayout.JAVA_LONG, at + 16, CudaStorage.address(slot.firstMoment()));
        table.set(ValueLayout.JAVA_LONG, at + 24, CudaStorage.address(slot.secondMoment()));
        table.set(ValueLayout.JAVA_LONG, at + 32, CudaStorage.updatedHalf(parameter));
        table.set(ValueLayout.JAVA_LONG, at + 40, index(slot, indices));
        table.set(ValueLayout.JAVA_LONG, at + 48, parameter.elements());
        table.set(ValueLayout.JAVA_LONG, at + 56, chunks);
        table.set(ValueLayout.JAVA_INT, at + 64, Math.toIntExact(parameter.shape().columns()));
        new AdamWFactors(slot.step()).write(table, at + 68);
        chunks += Math.ceilDiv(parameter.elements(), CHUNK);
        CudaStorage.of(slot.firstMoment()).written();
        CudaStorage.of(slot.secondMoment()).written();
      }
      try (Scratch onDevice = context.scratch(table.byteSize())) {
        context.write(onDevice.address(), table);
        if (chunks > 0) {
          context.launch(FILE, "adamw_all").address(onDevice.address()).i32(slots.size()).address(clipping)
              .run(Grid.of(chunks, THREADS));
        }
      }
    } finally {
      indices.forEach(Scratch::close);
    }
  }

  /** For each row of a parameter where its gradient is; 0 for a dense gradient. */
  private long index(AdamWSlot slot, List<Scratch> indices) {
    if (!(slot instanceof AdamWSlot.Sparse sparse)) {
      return 0;
    }
    long rows = sparse.parameter().shape().extent(0);
    Scratch index = context.scratch(Integer.BYTES * rows);
    indices.add(index);
    if (rows > 0) {
      context.queue().fill(index.address(), rows, -1);
    }
    long count = sparse.gradient().rows().elements();
    if (count > 0) {
      context.launch(FILE, "index_rows").in(sparse.gradient().rows()).i32(count).address(index.address())
          .run(Grid.of(Math.ceilDiv(count, THREADS), THREADS));
    }
    return index.address();
  }

  @Override
  public void sgd(Tensor parameter, Tensor gradient, double learningRate, double gradientScale) {
    context.launch(FILE, "sgd").f32(learningRate * gradientScale).in(gradient).inOut(parameter)
        .i64(parameter.elements()).run(CudaPointwise.elements(parameter.elements()));
  }
}
