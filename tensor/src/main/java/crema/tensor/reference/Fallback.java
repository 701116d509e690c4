package crema.tensor.reference;

import crema.tensor.ComposedOps;
import crema.tensor.Ops;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import crema.tensor.Write;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs ops on a reference backend for a backend that has no kernel of its own for them yet: inputs are copied there,
 * outputs are copied back. The families {@link FallbackAttention}, {@link FallbackMatMul} and so on do that for every
 * op; a backend extends them and overrides what it has kernels for. All families of a backend share one fallback.
 */
public final class Fallback {
  private final ReferenceBackend reference = new ReferenceBackend();

  /** A fallback with a reference backend of its own. */
  public Fallback() {}

  /** Families all of whose ops run on the reference: what a new backend starts from. */
  public Ops ops() {
    var matMul = new FallbackMatMul(this) {};
    var pointwise = new FallbackPointwise(this) {};
    var normalization = new FallbackNormalization(this) {};
    var attention = new FallbackAttention(this) {};
    return new Ops(matMul, pointwise, new FallbackReduction(this) {}, normalization, attention,
        new FallbackEmbedding(this) {}, new FallbackSpatial(this) {}, new FallbackLosses(this) {},
        new FallbackOptimizers(this) {}, new ComposedOps(matMul, pointwise, normalization, attention));
  }

  /** Runs an op that writes tensors. */
  void run(Consumer<Call> op) {
    compute(call -> {
      op.accept(call);
      return Boolean.TRUE;
    });
  }

  /** Runs an op that returns a value to the host. */
  <T> T compute(Function<Call, T> op) {
    try (var scope = new Scope(reference)) {
      var call = new Call(scope);
      T result = op.apply(call);
      call.copyOutputs();
      return result;
    }
  }

  /** Runs an op that makes a row-sparse matrix, and copies that into a scope of the caller's. */
  SparseRows sparse(Scope target, Function<Call, SparseRows> op) {
    return compute(call -> {
      SparseRows there = op.apply(call);
      var here = new SparseRows(target.emptyLike(there.rows()), target.emptyLike(there.values()));
      transfer(there.rows(), here.rows());
      transfer(there.values(), here.values());
      return here;
    });
  }

  private static void transfer(Tensor from, Tensor to) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(from.bytes(), 8);
      from.storage().read(from.offset(), host);
      to.storage().write(to.offset(), host);
    }
  }

  /** One op: what it reads and writes on the reference backend. */
  static final class Call {
    private final Scope scope;
    private final List<Output> outputs = new ArrayList<>();

    private record Output(Tensor here, Tensor there) {}

    private Call(Scope scope) {
      this.scope = scope;
    }

    /** Owns the tensors of the call. */
    Scope scope() {
      return scope;
    }

    /** What runs the op. */
    Ops ops() {
      return scope.backend().ops();
    }

    /** A copy of an input. */
    Tensor in(Tensor tensor) {
      Tensor copy = scope.emptyLike(tensor);
      transfer(tensor, copy);
      return copy;
    }

    /** A copy of an input that may be absent. */
    @Nullable
    Tensor inOrNull(@Nullable Tensor tensor) {
      return tensor == null ? null : in(tensor);
    }

    /** A copy of how a batch is cut. */
    Sequences in(Sequences sequences) {
      var cumulative = new int[sequences.count() + 1];
      for (int i = 0; i < cumulative.length; i++) {
        cumulative[i] = sequences.start(i);
      }
      return Sequences.of(scope, cumulative);
    }

    /** A copy of a row-sparse matrix. */
    SparseRows in(SparseRows matrix) {
      return new SparseRows(in(matrix.rows()), in(matrix.values()));
    }

    /** Where an output is written, copied back afterwards. */
    Tensor out(Tensor tensor) {
      Tensor copy = scope.emptyLike(tensor);
      outputs.add(new Output(copy, tensor));
      return copy;
    }

    /** An output that is overwritten or added to. */
    Tensor out(Tensor tensor, Write write) {
      return write == Write.ADD ? inOut(tensor) : out(tensor);
    }

    /** Like {@link #out}, for an output that may be absent. */
    @Nullable
    Tensor outOrNull(@Nullable Tensor tensor) {
      return tensor == null ? null : out(tensor);
    }

    /** A copy of what is both read and written, copied back afterwards. */
    Tensor inOut(Tensor tensor) {
      Tensor copy = out(tensor);
      transfer(tensor, copy);
      return copy;
    }

    /** Like {@link #inOut}, for a tensor that may be absent. */
    @Nullable
    Tensor inOutOrNull(@Nullable Tensor tensor) {
      return tensor == null ? null : inOut(tensor);
    }

    private void copyOutputs() {
      outputs.forEach(output -> transfer(output.here, output.there));
    }
  }
}
