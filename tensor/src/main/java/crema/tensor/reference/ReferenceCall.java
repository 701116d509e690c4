package crema.tensor.reference;

import crema.tensor.Backend;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One op run on the reference backend for another: inputs are copied there, outputs are copied back. This is what an op
 * does on a device that has no kernel of its own for it yet.
 */
public final class ReferenceCall {
  private final Scope scope;
  private final List<Output> outputs = new ArrayList<>();

  private record Output(Tensor here, Tensor there) {}

  private ReferenceCall(Scope scope) {
    this.scope = scope;
  }

  /**
   * Runs an op of the reference backend.
   *
   * @param caller the backend that lacks the op
   */
  public static void run(Backend caller, Consumer<ReferenceCall> op) {
    compute(caller, call -> {
      op.accept(call);
      return Boolean.TRUE;
    });
  }

  /** Runs an op of the reference backend that returns a value to the host. */
  public static <T> T compute(Backend caller, Function<ReferenceCall, T> op) {
    if (caller instanceof ReferenceBackend) {
      throw new UnsupportedOperationException("the reference backend lacks this op: write it there first");
    }
    try (var backend = new ReferenceBackend(); var scope = new Scope(backend)) {
      var call = new ReferenceCall(scope);
      T result = op.apply(call);
      for (Output output : call.outputs) {
        transfer(output.here, output.there);
      }
      return result;
    }
  }

  /**
   * Runs an op of the reference backend that makes a row-sparse matrix, and copies that into a scope of the caller's.
   */
  public static SparseRows sparse(Scope target, Function<ReferenceCall, SparseRows> op) {
    return compute(target.backend(), call -> {
      SparseRows there = op.apply(call);
      var here = new SparseRows(target.emptyLike(there.rows()), target.emptyLike(there.values()));
      transfer(there.rows(), here.rows());
      transfer(there.values(), here.values());
      return here;
    });
  }

  /** Owns the tensors of the op. */
  public Scope scope() {
    return scope;
  }

  /** Where the op runs. */
  public Backend backend() {
    return scope.backend();
  }

  /** A copy of an input. */
  public Tensor in(Tensor tensor) {
    Tensor copy = scope.emptyLike(tensor);
    transfer(tensor, copy);
    return copy;
  }

  /** A copy of an input that may be absent. */
  public @Nullable Tensor inOrNull(@Nullable Tensor tensor) {
    return tensor == null ? null : in(tensor);
  }

  /** A copy of how a batch is cut. */
  public Sequences in(Sequences sequences) {
    var cumulative = new int[sequences.count() + 1];
    for (int i = 0; i < cumulative.length; i++) {
      cumulative[i] = sequences.start(i);
    }
    return Sequences.of(scope, cumulative);
  }

  /** A copy of a row-sparse matrix. */
  public SparseRows in(SparseRows matrix) {
    return new SparseRows(in(matrix.rows()), in(matrix.values()));
  }

  /** Where an output is written, copied back afterwards. */
  public Tensor out(Tensor tensor) {
    Tensor copy = scope.emptyLike(tensor);
    outputs.add(new Output(copy, tensor));
    return copy;
  }

  /** Like {@link #out}, for an output that may be absent. */
  public @Nullable Tensor outOrNull(@Nullable Tensor tensor) {
    return tensor == null ? null : out(tensor);
  }

  /** A copy of what is both read and written, copied back afterwards. */
  public Tensor inOut(Tensor tensor) {
    Tensor copy = out(tensor);
    transfer(tensor, copy);
    return copy;
  }

  /** Like {@link #inOut}, for a tensor that may be absent. */
  public @Nullable Tensor inOutOrNull(@Nullable Tensor tensor) {
    return tensor == null ? null : inOut(tensor);
  }

  private static void transfer(Tensor from, Tensor to) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(from.bytes(), 8);
      from.storage().read(from.offset(), host);
      to.storage().write(to.offset(), host);
    }
  }
}
