package crema.tensor.reference;

import crema.base.Rng;
import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.RelativePositions;
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
    forward(new Heads(q, k, v, spec, sequences, null), sequences, spec, y, logSumExp);
  }

  @Override
  public void relativeAttention(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp) {
    forward(new Heads(q, k, v, spec, sequences, relative), sequences, spec, y, logSumExp);
  }

  private static void forward(Heads heads, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
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
   * dS k; dk = scale · dSᵀ q. The terms for distances add to them, and get theirs, by the same rule.
   */
  private static void backward(Heads heads, Sequences sequences, AttentionSpec spec, Tensor y, Tensor logSumExp,
      Tensor dy, Tensor dq, Tensor dk, Tensor dv, @Nullable RelativePositions gradients) {
    Elements output = Elements.of(y);
    Elements upstream = Elements.of(dy);
    Elements normalizers = Elements.of(logSumExp);
    var queryGradient = new double[Math.toIntExact(dq.elements())];
    var keyGradient = new double[Math.toIntExact(dk.elements())];
    var valueGradient = new double[Math.toIntExact(dv.elements())];
    double[] keyTable = zeros(gradients == null ? null : gradients.keys());
    double[] queryTable = zeros(gradients == null ? null : gradients.queries());
    double[] biasTable = zeros(gradients == null ? null : gradients.bias());
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
            int bucket = heads.bucket(query, key);
            if (biasTable.length > 0) {
              biasTable[bucket * spec.numHeads() + head] += scoreGradient / spec.scale();
            }
            int place = (bucket * spec.numHeads() + head) * spec.headDim();
            for (int d = 0; d < spec.headDim(); d++) {
              if (keyTable.length > 0) {
                queryGradient[row + d] += scoreGradient * heads.positionKey(place + d);
                keyTable[place + d] += scoreGradient * heads.q.get(row + d);
              }
              if (queryTable.length > 0) {
                keyGradient[column + d] += scoreGradient * heads.positionQuery(place + d);
                queryTable[place + d] += scoreGradient * heads.k.get(column + d);
              }
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
    if (gradients != null) {
      write(keyTable, gradients.keys());
      write(queryTable, gradients.queries());
      write(biasTable, gradients.bias());
    }
  }

  private static double[] zeros(@Nullable Tensor like) {
    return new double[like == null ? 0 : Math.toIntExact(like.elements())];
  }

  @Override
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    backward(new Heads(q, k, v, spec, sequences, null), sequences, spec, y, logSumExp, dy, dq, dk, dv, null);
  }

  @Override
  public void relativeAttentionBackward(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv,
      RelativePositions gradients) {
    backward(new Heads(q, k, v, spec, sequences, relative), sequences, spec, y, logSumExp, dy, dq, dk, dv, gradients);
  }

  private static void write(double[] gradient, @Nullable Tensor target) {
    if (target == null) {
      return;
    }
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
    private final int longest;
    private final @Nullable Elements buckets;
    private final @Nullable Elements positionKeys;
    private final @Nullable Elements positionQueries;
    private final @Nullable Elements bias;

    Heads(Tensor q, Tensor k, Tensor v, AttentionSpec spec, Sequences sequences, @Nullable RelativePositions relative) {
      this.spec = spec;
      longest = sequences.longest();
      buckets = relative == null ? null : Elements.of(relative.buckets());
      positionKeys = relative == null ? null : Elements.ofNullable(relative.keys());
      positionQueries = relative == null ? null : Elements.ofNullable(relative.queries());
      bias = relative == null ? null : Elements.ofNullable(relative.bias());
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
      int place = (bucket(query, key) * spec.numHeads() + head) * spec.headDim();
      double dot = 0;
      for (int d = 0; d < spec.headDim(); d++) {
        double queryValue = q.get(queryIndex(query, head) + d);
        double keyValue = k.get(keyIndex(key, head) + d);
        dot += queryValue * keyValue + queryValue * positionKey(place + d) + positionQuery(place + d) * keyValue;
      }
      double added = bias == null ? 0 : bias.get((long) bucket(query, key) * spec.numHeads() + head);
      return spec.scale() * dot + added;
    }

    /** The bucket of the distance of two tokens of a sequence. */
    int bucket(int query, int key) {
      return buckets == null ? 0 : buckets.getInt(longest - 1L + query - key);
    }

    double positionKey(int place) {
      return positionKeys == null ? 0 : positionKeys.get(place);
    }

    double positionQuery(int place) {
      return positionQueries == null ? 0 : positionQueries.get(place);
    }
  }
}
