package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;

import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of attention, which recomputes the weights p from the scores and their logSumExp (Dao et al.,
 * "FlashAttention", arXiv 2205.14135, algorithm 4): with the dropped weights p' and the mean m = Σ dy · y,
 * dv = p'ᵀ dy, ds = scale · p (drop(dy vᵀ) − m), dq = ds k, dk = dsᵀ q.
 */
final class AttentionBackward extends AttentionPass {
  /** Longer sequences have several tasks, each with partial sums of dk and dv. */
  private static final int CHUNK = 512;

  private final Operand q;
  private final Operand k;
  private final Operand v;
  private final Operand y;
  private final Operand logSumExp;
  private final Operand dy;
  private final Operand dq;
  private final Operand dk;
  private final Operand dv;
  /** For each sequence where its partial sums start in {@link #parts}, if it has more than one chunk. */
  private final int[] partStarts;
  private final float[] parts;
  private final @Nullable TermGradients terms;

  private record Operand(float[] array, int start) {
    static Operand of(Tensor tensor) {
      return new Operand(floats(tensor), CpuStorage.start(tensor));
    }
  }

  AttentionBackward(CpuContext context, Sequences sequences, AttentionSpec spec, @Nullable TermGradients terms,
      Tensor q,
      Tensor k, Tensor v, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    super(context, sequences, spec, CHUNK);
    this.terms = terms;
    this.q = Operand.of(q);
    this.k = Operand.of(k);
    this.v = Operand.of(v);
    this.y = Operand.of(y);
    this.logSumExp = Operand.of(logSumExp);
    this.dy = Operand.of(dy);
    this.dq = Operand.of(dq);
    this.dk = Operand.of(dk);
    this.dv = Operand.of(dv);
    partStarts = context.ints.take(sequences.count());
    int floats = 0;
    for (int sequence = 0; sequence < sequences.count(); sequence++) {
      partStarts[sequence] = floats;
      if (chunks(sequence) > 1) {
        floats = Math.addExact(floats,
            Math.multiplyExact(chunks(sequence) * spec.numKeyValueHeads(), partSize(sequence)));
      }
    }
    parts = context.floats.take(Math.max(1, floats));
  }

  /** The floats of dk and dv of a sequence and head. */
  private int partSize(int sequence) {
    return Math.multiplyExact(2 * headWidth, sequences.length(sequence));
  }

  private int part(int sequence, int index, int keyValueHead) {
    return partStarts[sequence] + (index * spec.numKeyValueHeads() + keyValueHead) * partSize(sequence);
  }

  /** Computes dq, dk and dv; to be called once. */
  void compute() {
    if (terms == null) {
      run();
    } else {
      runByHead();
      terms.store(spec.numHeads());
    }
    context.inPieces(sequences.count(), 1, (sequence, end) -> {
      if (chunks(sequence) > 1) {
        for (int head = 0; head < spec.numKeyValueHeads(); head++) {
          addParts(sequence, head);
        }
      }
    });
    context.floats.give(parts);
    context.ints.give(partStarts);
  }

  private void addParts(int sequence, int keyValueHead) {
    int sum = part(sequence, 0, keyValueHead);
    for (int index = 1; index < chunks(sequence); index++) {
      Kernels.ARITHMETIC.addScaled(1, parts, part(sequence, index, keyValueHead), parts, sum, partSize(sequence));
    }
    store(sequence, keyValueHead, parts, sum);
  }

  /** Writes dk and dv of one head of a sequence. */
  private void store(int sequence, int keyValueHead, float[] from, int offset) {
    int length = sequences.length(sequence);
    int at = sequences.start(sequence) * keyStride + keyValueHead * headDim;
    for (int key = 0; key < length; key++) {
      System.arraycopy(from, offset + key * headWidth, dk.array, dk.start + at + key * keyStride, headDim);
      System.arraycopy(from, offset + (length + key) * headWidth, dv.array, dv.start + at + key * keyStride, headDim);
    }
  }

  @Override
  void chunk(int sequence, int index, int from, int to, int keyValueHead) {
    int length = sequences.length(sequence);
    int padded = TileKernels.padded(length);
    int rows = tileRows(length);
    int stride = tileStride(length);

    int valuesTransposed = padded * headDim;
    int keys = 2 * valuesTransposed;
    int queries = keys + headWidth * length;
    int gradients = queries + rows * headWidth;
    int weights = gradients + rows * headWidth;
    int weightGradients = weights + rows * stride;
    int results = weightGradients + rows * stride;
    int sums = results + rows * headWidth;
    int end = sums + partSize(sequence);
    TermGradients.Layout layout = terms == null ? null : terms.layout(length, rows, end);
    float[] scratch = context.floats.take(layout == null ? end : layout.end());
    int[] words = context.ints.take(words(length));

    int source = sequences.start(sequence) * keyStride + keyValueHead * headDim;
    packTransposed(k.array, k.start + source, length, scratch, 0);
    packTransposed(v.array, v.start + source, length, scratch, valuesTransposed);
    TileKernels.pack(k.array, k.start + source, keyStride, length, headDim, scratch, keys);
    Arrays.fill(scratch, sums, sums + partSize(sequence), 0);

    for (int head = keyValueHead * group; head < (keyValueHead + 1) * group; head++) {
      if (terms != null && layout != null) {
        terms.begin(this, layout, head, k.array, k.start + source, length, scratch);
      }
      for (int query = from; query < to; query += rows) {
        int height = Math.min(rows, to - query);
        int first = firstKey(query);
        int seen = spec.endKey(query + height - 1, length) - first;
        int token = sequences.start(sequence) + query;
        int at = token * queryStride + head * headDim;
        scores(q.array, q.start + at, height, seen, scratch, first * headDim, scratch, weights, stride);
        if (terms != null && layout != null) {
          terms.addTerms(this, layout, head, q.array, q.start + at, query, height, first, seen, scratch, weights,
              stride);
        }
        scores(dy.array, dy.start + at, height, seen, scratch, valuesTransposed + first * headDim, scratch,
            weightGradients, stride);
        for (int i = 0; i < height; i++) {
          softmaxBackward(token + i, head, query + i, length, first, seen, scratch, weights + i * stride,
              weightGradients + i * stride, words);
        }
        TileKernels.pack(q.array, q.start + at, queryStride, height, headDim, scratch, queries);
        TileKernels.pack(dy.array, dy.start + at, queryStride, height, headDim, scratch, gradients);
        Kernels.TILE.multiplyAdd(seen, headWidth, height, scratch, weightGradients, 1, stride, scratch, queries,
            height * TileKernels.PANEL, scratch, sums + first * headWidth, headWidth);
        Kernels.TILE.multiplyAdd(seen, headWidth, height, scratch, weights, 1, stride, scratch, gradients,
            height * TileKernels.PANEL, scratch, sums + (length + first) * headWidth, headWidth);
        Arrays.fill(scratch, results, results + height * headWidth, 0);
        multiplyByKeys(height, seen, scratch, weightGradients, stride, scratch, keys + first * TileKernels.PANEL,
            length * TileKernels.PANEL, scratch, results);
        if (terms != null && layout != null) {
          terms.addTile(this, layout, head, query, height, first, seen, scratch, weightGradients, stride, queries,
              results);
        }
        for (int i = 0; i < height; i++) {
          System.arraycopy(scratch, results + i * headWidth, dq.array, dq.start + at + i * queryStride, headDim);
        }
      }
      if (terms != null && layout != null) {
        terms.end(layout, head, length, scratch, keys, sums);
      }
    }
    if (chunks(sequence) == 1) {
      store(sequence, keyValueHead, scratch, sums);
    } else {
      System.arraycopy(scratch, sums, parts, part(sequence, index, keyValueHead), partSize(sequence));
    }
    context.ints.give(words);
    context.floats.give(scratch);
  }

  /** Turns a row of scores into dropped weights, and the row of their gradients into that of the scores. */
  private void softmaxBackward(int token, int head, int query, int length, int first, int seen, float[] rows,
      int weights, int gradients, int[] words) {
    int at = token * queryStride + head * headDim;
    float mean = Kernels.REDUCTION.dot(dy.array, dy.start + at, y.array, y.start + at, headDim);
    int width = TileKernels.padded(seen);
    int end = spec.endKey(query, length) - first;
    Arrays.fill(rows, weights, weights + spec.firstKey(query) - first, Float.NEGATIVE_INFINITY);
    Arrays.fill(rows, weights + end, weights + width, Float.NEGATIVE_INFINITY);
    Kernels.ACTIVATION.exponential(spec.scale(), rows, weights,
        logSumExp.array[logSumExp.start + token * spec.numHeads() + head], rows, weights, width);
    if (spec.dropout() > 0) {
      draw(token, head, first, end, words);
      drop(words, rows, gradients, width);
    }
    Kernels.ARITHMETIC.softmaxBackward(spec.scale(), rows, weights, rows, gradients, mean, rows, gradients, width);
    if (spec.dropout() > 0) {
      drop(words, rows, weights, width);
    }
  }
}
