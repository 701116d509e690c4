package crema.tensor.reference;

import crema.base.Rng;
import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The specification of {@link AttentionOps}. */
final class ReferenceAttention implements AttentionOps {
  @Override
  public void rope(Tensor x, Sequences sequences, int headDim, double theta, Tensor y) {
    rotate(x, sequences, headDim, theta, 1, y);
  }

  @Override
  public void ropeBackward(Tensor dy, Sequences sequences, int headDim, double theta, Tensor dx) {
    rotate(dy, sequences, headDim, theta, -1, dx);
  }

  /** Turns by the angles times {@code turn}: 1, or −1 to turn back. */
  private static void rotate(Tensor x, Sequences sequences, int headDim, double theta, int turn, Tensor y) {
    Elements input = Elements.of(x);
    Elements output = Elements.of(y);
    long features = x.shape().columns();
    int half = headDim / 2;
    for (int s = 0; s < sequences.count(); s++) {
      for (int position = 0; position < sequences.length(s); position++) {
        long token = sequences.start(s) + (long) position;
        for (long head = token * features; head < (token + 1) * features; head += headDim) {
          for (int i = 0; i < half; i++) {
            double angle = position * Math.pow(theta, -2.0 * i / headDim);
            double cos = Math.cos(angle);
            double sin = turn * Math.sin(angle);
            double first = input.get(head + i);
            double second = input.get(head + i + half);
            output.set(head + i, first * cos - second * sin);
            output.set(head + i + half, second * cos + first * sin);
          }
        }
      }
    }
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    var heads = new Heads(q, k, v, spec);
    Elements output = Elements.of(y);
    Elements normalizers = Elements.ofNullable(logSumExp);
    for (int s = 0; s < sequences.count(); s++) {
      int start = sequences.start(s);
      for (int query = start; query < sequences.start(s + 1); query++) {
        int first = start + spec.firstKey(query - start);
        int end = start + spec.endKey(query - start, sequences.length(s));
        for (int head = 0; head < spec.numHeads(); head++) {
          double max = Double.NEGATIVE_INFINITY;
          for (int key = first; key < end; key++) {
            max = Math.max(max, heads.score(query, head, key));
          }
          double sum = 0;
          for (int key = first; key < end; key++) {
            sum += Math.exp(heads.score(query, head, key) - max);
          }
          double normalizer = max + Math.log(sum);
          if (normalizers != null) {
            normalizers.set((long) query * spec.numHeads() + head, normalizer);
          }
          var mixed = new double[spec.headDim()];
          for (int key = first; key < end; key++) {
            double weight = Math.exp(heads.score(query, head, key) - normalizer)
                * keep(spec, query, head, key - start, sequences.longest());
            for (int d = 0; d < spec.headDim(); d++) {
              mixed[d] += weight * heads.v.get(heads.keyIndex(key, head) + d);
            }
          }
          for (int d = 0; d < spec.headDim(); d++) {
            output.set(heads.queryIndex(query, head) + d, mixed[d]);
          }
        }
      }
    }
  }

  /**
   * With the scores S = scale · q kᵀ, the weights P = exp(S − logSumExp), the dropout factors M and the output y = (M ∘
   * P) v: dv = (M ∘ P)ᵀ dy; dP = M ∘ (dy vᵀ); dS = P ∘ (dP − Σ over keys of P ∘ dP), the sum being dy · y; dq = scale ·
   * dS k; dk = scale · dSᵀ q.
   */
  @Override
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    var heads = new Heads(q, k, v, spec);
    Elements output = Elements.of(y);
    Elements upstream = Elements.of(dy);
    Elements normalizers = Elements.of(logSumExp);
    var queryGradient = new double[Math.toIntExact(q.elements())];
    var keyGradient = new double[Math.toIntExact(k.elements())];
    var valueGradient = new double[Math.toIntExact(v.elements())];
    for (int s = 0; s < sequences.count(); s++) {
      int start = sequences.start(s);
      for (int query = start; query < sequences.start(s + 1); query++) {
        int first = start + spec.firstKey(query - start);
        int end = start + spec.endKey(query - start, sequences.length(s));
        for (int head = 0; head < spec.numHeads(); head++) {
          int row = heads.queryIndex(query, head);
          double normalizer = normalizers.get((long) query * spec.numHeads() + head);
          double dot = 0;
          for (int d = 0; d < spec.headDim(); d++) {
            dot += upstream.get(row + d) * output.get(row + d);
          }
          for (int key = first; key < end; key++) {
            int column = heads.keyIndex(key, head);
            double weight = Math.exp(heads.score(query, head, key) - normalizer);
            double keep = keep(spec, query, head, key - start, sequences.longest());
            double weightGradient = 0;
            for (int d = 0; d < spec.headDim(); d++) {
              weightGradient += keep * upstream.get(row + d) * heads.v.get(column + d);
            }
            double scoreGradient = weight * (weightGradient - dot) * spec.scale();
            for (int d = 0; d < spec.headDim(); d++) {
              valueGradient[column + d] += keep * weight * upstream.get(row + d);
              queryGradient[row + d] += scoreGradient * heads.k.get(column + d);
              keyGradient[column + d] += scoreGradient * heads.q.get(row + d);
            }
          }
        }
      }
    }
    write(queryGradient, dq);
    write(keyGradient, dk);
    write(valueGradient, dv);
  }

  private static void write(double[] gradient, Tensor target) {
    Elements elements = Elements.of(target);
    for (int i = 0; i < gradient.length; i++) {
      elements.set(i, gradient[i]);
    }
  }

  /** What dropout multiplies an attention weight by. */
  private static double keep(AttentionSpec spec, int query, int head, int key, int longest) {
    Rng.Stream random = spec.random();
    if (random == null) {
      return 1;
    }
    return random.uniform(spec.dropoutIndex(query, head, key, longest)) >= spec.dropout()
        ? 1 / (1.0 - spec.dropout()) : 0;
  }

  /** The inputs, and where each head of each token starts in them. */
  private static final class Heads {
    private final AttentionSpec spec;
    private final Elements q;
    private final Elements k;
    private final Elements v;

    Heads(Tensor q, Tensor k, Tensor v, AttentionSpec spec) {
      this.spec = spec;
      this.q = Elements.of(q);
      this.k = Elements.of(k);
      this.v = Elements.of(v);
    }

    int queryIndex(int token, int head) {
      return (token * spec.numHeads() + head) * spec.headDim();
    }

    /** The key and value head that a query head reads. */
    int keyIndex(int token, int head) {
      int keyValueHead = head / (spec.numHeads() / spec.numKeyValueHeads());
      return (token * spec.numKeyValueHeads() + keyValueHead) * spec.headDim();
    }

    double score(int query, int head, int key) {
      double dot = 0;
      for (int d = 0; d < spec.headDim(); d++) {
        dot += q.get(queryIndex(query, head) + d) * k.get(keyIndex(key, head) + d);
      }
      return spec.scale() * dot;
    }
  }
}
