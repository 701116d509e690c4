package crema.autograd.op;

import static crema.autograd.op.Catalog.LOOSE;
import static crema.autograd.op.Catalog.TOLERANCE;
import static crema.autograd.op.Catalog.cut;
import static crema.autograd.op.Catalog.scattered;
import static crema.autograd.op.Catalog.sum;
import static crema.autograd.op.Catalog.unevenLengths;

import crema.autograd.GradCheck;
import crema.autograd.MultiOp;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.tensor.Activation;
import crema.tensor.AttentionSpec;
import crema.tensor.BinaryOperator;
import crema.tensor.DType;
import crema.tensor.Orientation;
import crema.tensor.Pooling;
import crema.tensor.QkvWeights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The rows of the {@link Catalog} for the ops of the tape. */
final class OpRows {
  private static final int[] ROW_LENGTHS = {1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 67};
  private static final int[] SOME_ROW_LENGTHS = {1, 7, 16, 33};

  /** Zero, the smallest numbers that are not, and large ones. */
  private static final Values EXTREMES = Values.oneOf(0, -0.0, 1e-40, -1e-40, 1e-30, 1, -1, 1e15, -1e15);

  /** As far apart as logits get in practice. */
  private static final Values FAR_LOGITS = Values.oneOf(80, -80, 0, 0.5);

  private static final double NOTHING = 1e-30;

  private OpRows() {}

  static List<OpRow> all() {
    var rows = new ArrayList<OpRow>();
    matrixProducts(rows);
    pointwise(rows);
    reductions(rows);
    normalizations(rows);
    sequences(rows);
    attention(rows);
    embeddingAndLoss(rows);
    fused(rows);
    return rows;
  }

  private static OpRow row(Class<? extends MultiOp> op, String shapes, GradCheck.Function apply, Input... inputs) {
    return new OpRow(op, shapes, TOLERANCE, NOTHING, false, true, List.of(inputs), apply);
  }

  private static void matrixProducts(List<OpRow> rows) {
    int[][] sizes = {{1, 1, 1}, {1, 17, 1}, {1, 64, 33}, {3, 5, 7}, {16, 16, 16}, {17, 15, 31}, {2, 1, 33}, {37, 67, 9},
        {5, 300, 3}};
    for (int[] size : sizes) {
      matMul(rows, size, false);
    }
    int[][] largeSizes = {{261, 389, 131}, {3, 515, 517}, {517, 19, 67}};
    for (int[] size : largeSizes) {
      matMul(rows, size, true);
    }

    GradCheck.Function plain = (tape, in) -> Linear.apply(tape, in.get(0), in.get(1), in.get(2), Activation.IDENTITY);
    for (int out : ROW_LENGTHS) {
      rows.add(row(Linear.class, "[3, 5] to " + out, plain, Input.of(3, 5), Input.of(out, 5), Input.of(out)));
      rows.add(row(Linear.class, "[2, " + out + "] to 3", plain, Input.of(2, out), Input.of(3, out), Input.of(3)));
    }
    rows.add(row(Linear.class, "[2, 3, 7] to 5 without bias",
        (tape, in) -> Linear.apply(tape, in.get(0), in.get(1), null, Activation.IDENTITY),
        Input.of(2, 3, 7), Input.of(5, 7)));
    rows.add(row(Linear.class, "[7] to 5", plain, Input.of(7), Input.of(5, 7), Input.of(5)));
    for (Activation activation : Activation.values()) {
      GradCheck.Function fused = (tape, in) -> Linear.apply(tape, in.get(0), in.get(1), in.get(2), activation);
      // Positive, for the sake of the logarithm and the root.
      Values values = Values.uniform(0.1, 1);
      rows.add(row(Linear.class, "[5, 7] to 19 with " + activation, fused,
          Input.of(values, 5, 7), Input.of(values, 19, 7), Input.of(values, 19)));
      rows.add(row(Linear.class, "[259, 67] to 131 with " + activation, fused,
          Input.of(Values.uniform(0, 0.1), 259, 67), Input.of(Values.uniform(0, 0.1), 131, 67),
          Input.of(values, 131)).asLarge());
    }
    for (Activation activation : new Activation[] {Activation.GELU, Activation.SILU, Activation.TANH}) {
      rows.add(row(Linear.class, "[5, 7] to 33 with " + activation + " of both signs",
          (tape, in) -> Linear.apply(tape, in.get(0), in.get(1), in.get(2), activation),
          Input.of(5, 7), Input.of(33, 7), Input.of(33)));
    }
  }

  private static void matMul(List<OpRow> rows, int[] size, boolean large) {
    int m = size[0];
    int k = size[1];
    int n = size[2];
    OpRow plain = row(MatMul.class, "[%d, %d] times [%d, %d]".formatted(m, k, k, n),
        (tape, in) -> MatMul.apply(tape, in.get(0), in.get(1)), Input.of(m, k), Input.of(k, n));
    OpRow transposed = row(MatMul.class, "[%d, %d] times [%d, %d] transposed".formatted(m, k, n, k),
        (tape, in) -> MatMul.apply(tape, Orientation.NT, in.get(0), in.get(1)), Input.of(m, k), Input.of(n, k));
    OpRow firstTransposed = row(MatMul.class, "[%d, %d] transposed times [%d, %d]".formatted(k, m, k, n),
        (tape, in) -> MatMul.apply(tape, Orientation.TN, in.get(0), in.get(1)), Input.of(k, m), Input.of(k, n));
    for (OpRow row : List.of(plain, transposed, firstTransposed)) {
      rows.add(large ? row.asLarge() : row);
    }
  }

  private static void pointwise(List<OpRow> rows) {
    for (BinaryOperator operator : BinaryOperator.values()) {
      GradCheck.Function binary = (tape, in) -> Binary.apply(tape, operator, in.get(0), in.get(1));
      Values divisor = Values.awayFromZero(0.5, 2);
      for (int n : ROW_LENGTHS) {
        rows.add(row(Binary.class, operator + " [3, " + n + "] and as much", binary,
            Input.of(3, n), Input.of(divisor, 3, n)));
        rows.add(row(Binary.class, operator + " [3, " + n + "] and [" + n + "]", binary,
            Input.of(3, n), Input.of(divisor, n)));
      }
      rows.add(row(Binary.class, operator + " [2, 3, 5] and [3, 5]", binary,
          Input.of(2, 3, 5), Input.of(divisor, 3, 5)));
      rows.add(row(Binary.class, operator + " [5, 1] and [1]", binary, Input.of(5, 1), Input.of(divisor, 1)));
      rows.add(row(Binary.class, operator + " [517, 257] and as much", binary,
          Input.of(517, 257), Input.of(divisor, 517, 257)).asLarge());
      rows.add(row(Binary.class, operator + " [517, 257] and [257]", binary,
          Input.of(517, 257), Input.of(divisor, 257)).asLarge());
    }
    rows.add(row(Binary.class, "MULTIPLY of [17] with itself",
        (tape, in) -> Binary.multiply(tape, in.get(0), in.get(0)), Input.of(17)));

    for (Activation f : Activation.values()) {
      GradCheck.Function activate = (tape, in) -> Activate.apply(tape, f, in.get(0));
      boolean positive = f == Activation.LOG || f == Activation.SQRT;
      Values values = positive ? Values.uniform(0.1, 4) : Values.awayFromZero(1e-3, 4);
      for (int n : ROW_LENGTHS) {
        rows.add(row(Activate.class, f + " [" + n + "]", activate, Input.of(values, n)));
      }
      rows.add(row(Activate.class, f + " [70001]", activate, Input.of(values, 70_001)).asLarge());
      Values extremes = positive ? Values.oneOf(1e-30, 1e-3, 1, 1e15)
          : Values.oneOf(80, -80, 20, -20, 9, -9, 5, -5, 0, -0.0, 1e-40, -1e-30);
      rows.add(row(Activate.class, f + " [101] of extremes", activate, Input.of(extremes, 101))
          .asExtreme().withTolerance(LOOSE));
    }

    // On the reference from doubles to floats; on another device floats stay as they are.
    GradCheck.Function cast = (tape, in) -> Cast.apply(tape, in.get(0), DType.F32);
    rows.add(row(Cast.class, "[3, 7]", cast, Input.of(3, 7)).asExtreme());
    rows.add(row(Cast.class, "[517, 257]", cast, Input.of(517, 257)).asLarge());
    for (int n : ROW_LENGTHS) {
      rows.add(row(Scale.class, "[" + n + "]", (tape, in) -> Scale.apply(tape, in.get(0), -0.37), Input.of(n)));
      rows.add(row(SwiGlu.class, "[2, " + n + "]", (tape, in) -> SwiGlu.apply(tape, in.get(0), in.get(1)),
          Input.of(Values.uniform(-4, 4), 2, n), Input.of(2, n)));
      rows.add(row(Dropout.class, "[3, " + n + "]", (tape, in) -> Dropout.apply(tape, in.get(0), 0.3f),
          Input.of(3, n)));
    }
    rows.add(row(Scale.class, "[70001]", (tape, in) -> Scale.apply(tape, in.get(0), -0.37), Input.of(70_001))
        .asLarge());
    rows.add(row(SwiGlu.class, "[517, 257]", (tape, in) -> SwiGlu.apply(tape, in.get(0), in.get(1)),
        Input.of(Values.uniform(-4, 4), 517, 257), Input.of(517, 257)).asLarge());
    rows.add(row(SwiGlu.class, "[101] of extremes", (tape, in) -> SwiGlu.apply(tape, in.get(0), in.get(1)),
        Input.of(FAR_LOGITS, 101), Input.of(101)).asExtreme().withTolerance(LOOSE));
    rows.add(row(Dropout.class, "[517, 257]", (tape, in) -> Dropout.apply(tape, in.get(0), 0.1f), Input.of(517, 257))
        .asLarge());
  }

  private static void reductions(List<OpRow> rows) {
    for (int n : ROW_LENGTHS) {
      rows.add(row(Sum.class, "[3, " + n + "]", (tape, in) -> Sum.apply(tape, in.get(0)), Input.of(3, n)));
      rows.add(row(Mean.class, "[" + n + "]", (tape, in) -> Mean.apply(tape, in.get(0)), Input.of(n)));
      rows.add(row(Softmax.class, "[3, " + n + "]", (tape, in) -> Softmax.apply(tape, in.get(0)), Input.of(3, n)));
      rows.add(row(LogSoftmax.class, "[3, " + n + "]", (tape, in) -> LogSoftmax.apply(tape, in.get(0)),
          Input.of(3, n)));
    }
    // The terms of a long sum of both signs are larger than it.
    rows.add(row(Sum.class, "[517, 257]", (tape, in) -> Sum.apply(tape, in.get(0)),
        Input.of(Values.uniform(-0.5, 1), 517, 257)).asLarge());
    rows.add(row(Mean.class, "[70001]", (tape, in) -> Mean.apply(tape, in.get(0)),
        Input.of(Values.uniform(-0.5, 1), 70_001)).asLarge());
    for (Values values : List.of(FAR_LOGITS, EXTREMES)) {
      String which = values == FAR_LOGITS ? "far apart" : "of extremes";
      rows.add(row(Softmax.class, "[5, 19] " + which, (tape, in) -> Softmax.apply(tape, in.get(0)),
          Input.of(values, 5, 19)).asExtreme().withTolerance(LOOSE));
      rows.add(row(LogSoftmax.class, "[5, 19] " + which, (tape, in) -> LogSoftmax.apply(tape, in.get(0)),
          Input.of(values, 5, 19)).asExtreme().withTolerance(LOOSE));
    }
    rows.add(row(Softmax.class, "[517, 257]", (tape, in) -> Softmax.apply(tape, in.get(0)),
        Input.of(Values.uniform(-4, 4), 517, 257)).asLarge());
    rows.add(row(LogSoftmax.class, "[517, 257]", (tape, in) -> LogSoftmax.apply(tape, in.get(0)),
        Input.of(Values.uniform(-4, 4), 517, 257)).asLarge());
    GradCheck.Function split = (tape, in) -> {
      int width = (int) in.get(0).shape().columns();
      List<Variable> parts = SplitColumns.apply(tape, in.get(0), List.of(width / 4, width / 2, width / 4));
      return Binary.multiply(tape, parts.get(0), parts.get(2));
    };
    GradCheck.Function middle =
        (tape, in) -> SplitColumns.apply(tape, in.get(0), List.of(3, (int) in.get(0).shape().columns() - 3)).get(1);
    rows.add(row(SplitColumns.class, "[1, 4] in three", split, Input.of(1, 4)));
    rows.add(row(SplitColumns.class, "[5, 68] in three, the middle unused", split, Input.of(5, 68)));
    rows.add(row(SplitColumns.class, "[7, 20] but for three columns", middle, Input.of(7, 20)));
    rows.add(row(SplitColumns.class, "[517, 268] in three, the middle unused", split, Input.of(517, 268)).asLarge());
    rows.add(row(Reshape.class, "[6, 35] to [3, 2, 35]", (tape, in) -> Reshape.apply(tape, in.get(0), 3, 2, 35),
        Input.of(6, 35)));
  }

  private static void normalizations(List<OpRow> rows) {
    GradCheck.Function rms = (tape, in) -> RmsNorm.apply(tape, in.get(0), in.get(1), 1e-6f);
    GradCheck.Function layer = (tape, in) -> LayerNorm.apply(tape, in.get(0), in.get(1), in.get(2), 1e-5f);
    // With a large epsilon: else y hardly depends on a row of one number, and its gradient is a difference that
    // vanishes.
    rows.add(row(RmsNorm.class, "[3, 1]", (tape, in) -> RmsNorm.apply(tape, in.get(0), in.get(1), 0.1f),
        Input.of(3, 1), Input.of(1)));
    for (int n : Arrays.stream(ROW_LENGTHS).skip(1).toArray()) {
      rows.add(row(RmsNorm.class, "[3, " + n + "]", rms, Input.of(Values.awayFromZero(0.2, 1), 3, n), Input.of(n)));
      rows.add(row(LayerNorm.class, "[3, " + n + "]", layer, Input.of(3, n), Input.of(n), Input.of(n))
          .withTolerance(LOOSE));
    }
    rows.add(row(RmsNorm.class, "[2, 3, 5]", rms, Input.of(2, 3, 5), Input.of(5)));
    rows.add(row(RmsNorm.class, "[517, 257]", rms, Input.of(517, 257), Input.of(257)).asLarge());
    rows.add(row(RmsNorm.class, "[7, 33] of extremes", rms, Input.of(EXTREMES, 7, 33), Input.of(33))
        .asExtreme().withTolerance(LOOSE));
    rows.add(row(RmsNorm.class, "[3, 17] of zeros", rms, Input.of(Values.oneOf(0), 3, 17), Input.of(17)).asExtreme());
    rows.add(row(LayerNorm.class, "[5, 17] without bias",
        (tape, in) -> LayerNorm.apply(tape, in.get(0), in.get(1), null, 1e-5f), Input.of(5, 17), Input.of(17)));
    rows.add(row(LayerNorm.class, "[517, 257]", layer, Input.of(517, 257), Input.of(257), Input.of(257)).asLarge());
    rows.add(row(LayerNorm.class, "[5, 33] around 100", layer,
        Input.of(Values.uniform(99, 101), 5, 33), Input.of(33), Input.of(33)).withTolerance(LOOSE));
    // A row that is constant has no deviation: only epsilon keeps its gradient finite.
    rows.add(row(LayerNorm.class, "[3, 17] of ones", layer, Input.of(Values.oneOf(1), 3, 17), Input.of(17),
        Input.of(17)).asExtreme());
  }

  private static void sequences(List<OpRow> rows) {
    int[][] cuts = {{1}, {1, 1, 1}, {5, 1, 17, 3}};
    for (int[] lengths : cuts) {
      int tokens = sum(lengths);
      String of = " of " + Arrays.toString(lengths);
      for (Pooling pooling : Pooling.values()) {
        for (int features : SOME_ROW_LENGTHS) {
          rows.add(row(Pool.class, pooling + " [" + tokens + ", " + features + "]" + of,
              (tape, in) -> Pool.apply(tape, pooling, in.get(0), cut(tape.scope(), lengths)),
              Input.of(tokens, features)));
        }
      }
      for (int features : SOME_ROW_LENGTHS) {
        rows.add(row(Residual.class, "[" + tokens + ", " + features + "] with gamma and drop path" + of,
            (tape, in) -> Residual.apply(tape, in.get(0), in.get(1), in.get(2), cut(tape.scope(), lengths), 0.4f),
            Input.of(tokens, features), Input.of(tokens, features), Input.of(features)));
        rows.add(row(Residual.class, "[" + tokens + ", " + features + "]" + of,
            (tape, in) -> Residual.apply(tape, in.get(0), in.get(1), null, cut(tape.scope(), lengths), 0),
            Input.of(tokens, features), Input.of(tokens, features)));
      }
      for (int headDim : new int[] {2, 6, 16, 34}) {
        rows.add(row(Rope.class, "[" + tokens + ", 3 heads of " + headDim + "]" + of,
            (tape, in) -> Rope.apply(tape, in.get(0), cut(tape.scope(), lengths), headDim, 1e6),
            Input.of(tokens, 3L * headDim)));
      }
    }
    int[] many = unevenLengths(41, 67);
    int tokens = sum(many);
    for (Pooling pooling : Pooling.values()) {
      rows.add(row(Pool.class, pooling + " [" + tokens + ", 67] of 41 sequences",
          (tape, in) -> Pool.apply(tape, pooling, in.get(0), cut(tape.scope(), many)),
          Input.of(tokens, 67)).asLarge());
    }
    // Of equal maxima the first token receives the gradient, on every backend.
    rows.add(row(Pool.class, "MAX [26, 17] with ties",
        (tape, in) -> Pool.apply(tape, Pooling.MAX, in.get(0), cut(tape.scope(), 5, 1, 17, 3)),
        Input.of(Values.oneOf(-1, 0, 1), 26, 17)).asExtreme());
    rows.add(row(Residual.class, "[" + tokens + ", 67] of 41 sequences",
        (tape, in) -> Residual.apply(tape, in.get(0), in.get(1), in.get(2), cut(tape.scope(), many), 0.1f),
        Input.of(tokens, 67), Input.of(tokens, 67), Input.of(67)).asLarge());
    rows.add(row(Rope.class, "[" + tokens + ", 2 heads of 34] of 41 sequences",
        (tape, in) -> Rope.apply(tape, in.get(0), cut(tape.scope(), many), 34, 1e4),
        Input.of(tokens, 68)).asLarge());
  }

  private static void attention(List<OpRow> rows) {
    AttentionSpec[] specs = {AttentionSpec.of(1, 1, 1, false), AttentionSpec.of(2, 1, 7, false),
        AttentionSpec.of(6, 2, 16, false), AttentionSpec.of(4, 4, 17, true), AttentionSpec.of(2, 2, 33, false),
        AttentionSpec.of(3, 1, 8, true),
        AttentionSpec.of(4, 2, 5, false).withScale(0.7f).withDropout(0.3f, new Rng(5, 6).stream(7)),
        AttentionSpec.of(2, 2, 16, true).withDropout(0.1f, new Rng(5, 6).stream(8)),
        AttentionSpec.of(4, 2, 5, false).withWindow(0), AttentionSpec.of(4, 2, 5, false).withWindow(3),
        AttentionSpec.of(2, 1, 8, true).withWindow(2),
        AttentionSpec.of(2, 2, 7, false).withWindow(5).withDropout(0.2f, new Rng(5, 6).stream(9))};
    int[][] cuts = {{1}, {1, 1, 1}, {5, 1, 17, 3}};
    for (AttentionSpec spec : specs) {
      for (int[] lengths : cuts) {
        // The weight of a single key is one whatever its score: the score's gradient is a difference that vanishes.
        rows.add(attention(spec, lengths, Values.uniform(-1, 1)).withTolerance(LOOSE).withNegligible(1e-2));
      }
    }
    int[] many = unevenLengths(41, 67);
    rows.add(attention(AttentionSpec.of(6, 2, 16, false), many, Values.uniform(-1, 1)).asLarge().withTolerance(LOOSE));
    rows.add(attention(AttentionSpec.of(3, 3, 24, true).withScale(0.2f).withDropout(0.1f, new Rng(5, 6).stream(9)),
        many, Values.uniform(-1, 1)).asLarge().withTolerance(LOOSE));
    AttentionSpec local = AttentionSpec.of(2, 1, 8, false).withWindow(37);
    for (AttentionSpec spec : List.of(local, local.withDropout(0.1f, new Rng(5, 6).stream(9)))) {
      rows.add(attention(spec, new int[] {1, 615, 2, 40}, Values.uniform(-1, 1)).asLarge().withTolerance(LOOSE));
    }
    rows.add(attention(AttentionSpec.of(1, 1, 8, false), new int[] {1, 293, 2}, Values.uniform(-1, 1)).asLarge()
        .withTolerance(LOOSE));
    for (int[] lengths : cuts) {
      for (AttentionSpec spec : List.of(AttentionSpec.of(2, 2, 5, false),
          AttentionSpec.of(3, 3, 16, false).withScale(0.3f),
          AttentionSpec.of(2, 2, 4, false).withWindow(3))) {
        rows.add(relativeAttention(spec, 0.2f, true, false, false, lengths));
        rows.add(relativeAttention(spec, 0, false, true, false, lengths));
        rows.add(relativeAttention(spec, 0, false, false, true, lengths));
        rows.add(relativeAttention(spec, 0, true, true, true, lengths));
      }
    }
    rows.add(relativeAttention(AttentionSpec.of(3, 3, 8, false), 0.1f, true, true, true, many).asLarge());
    rows.add(relativeAttention(AttentionSpec.of(2, 2, 8, false), 0, true, true, true, 1, 613, 2).asLarge());
    // Scores of some ±80: almost all weights vanish.
    rows.add(attention(AttentionSpec.of(2, 1, 4, false).withScale(1), new int[] {5, 1, 17}, Values.oneOf(-5, 5, 0, 4))
        .asExtreme().withTolerance(LOOSE));
  }

  /** Distances fall into 13 buckets, the same far ones into one. */
  private static OpRow relativeAttention(AttentionSpec spec, float dropout, boolean withKeys, boolean withQueries,
      boolean withBias, int... lengths) {
    int tokens = sum(lengths);
    int longest = Arrays.stream(lengths).max().orElseThrow();
    var buckets = new int[2 * longest - 1];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = Math.clamp(i - longest + 1, -5, 5) + 6;
    }
    long features = (long) spec.numHeads() * spec.headDim();
    String shapes = "%d heads of %d, window %d, dropout %.1f, keys %s, queries %s, bias %s, of %s".formatted(
        spec.numHeads(), spec.headDim(), spec.window(), dropout, withKeys, withQueries, withBias,
        lengths.length > 4 ? lengths.length + " sequences" : Arrays.toString(lengths));
    var inputs = new ArrayList<Input>(Collections.nCopies(3, Input.of(tokens, features)));
    inputs.addAll(Collections.nCopies((withKeys ? 1 : 0) + (withQueries ? 1 : 0), Input.of(13, features)));
    inputs.addAll(Collections.nCopies(withBias ? 1 : 0, Input.of(13, spec.numHeads())));
    AttentionSpec dropping = dropout == 0 ? spec : spec.withDropout(dropout, new Rng(5, 6).stream(7));
    return row(RelativeAttention.class, shapes, (tape, in) -> {
      var tables = new RelativeAttention.Tables(tape.scope().ints(buckets, buckets.length),
          withKeys ? in.get(3) : null, withQueries ? in.get(withKeys ? 4 : 3) : null,
          withBias ? in.getLast() : null);
      return RelativeAttention.apply(tape, in.get(0), in.get(1), in.get(2), tables, cut(tape.scope(), lengths),
          dropping, 0);
    }, inputs.toArray(Input[]::new)).withTolerance(LOOSE).withNegligible(1e-2);
  }

  private static OpRow attention(AttentionSpec spec, int[] lengths, Values values) {
    int tokens = sum(lengths);
    Input queries = Input.of(values, tokens, (long) spec.numHeads() * spec.headDim());
    Input keys = Input.of(values, tokens, (long) spec.numKeyValueHeads() * spec.headDim());
    String shapes = "%d/%d heads of %d%s%s%s, scale %.2f, of %s".formatted(spec.numHeads(), spec.numKeyValueHeads(),
        spec.headDim(), spec.causal() ? ", causal" : "", spec.dropout() > 0 ? ", dropout" : "",
        spec.window() == AttentionSpec.EVERYTHING ? "" : ", window " + spec.window(), spec.scale(),
        lengths.length > 4 ? lengths.length + " sequences" : Arrays.toString(lengths));
    return row(Attention.class, shapes,
        (tape, in) -> Attention.apply(tape, in.get(0), in.get(1), in.get(2), cut(tape.scope(), lengths), spec),
        queries, keys, keys);
  }

  private static void embeddingAndLoss(List<OpRow> rows) {
    int[] ids = {3, 0, 6, 3, 3, 1};
    for (int features : ROW_LENGTHS) {
      rows.add(row(Embedding.class, "[7, " + features + "] with repeated ids",
          (tape, in) -> Embedding.apply(tape, in.get(0), tape.scope().ints(ids, ids.length), 1.5f),
          Input.of(7, features)));
    }
    rows.add(row(Embedding.class, "[5, 3] for one token",
        (tape, in) -> Embedding.apply(tape, in.get(0), tape.scope().ints(new int[] {4}, 1), 1), Input.of(5, 3)));
    rows.add(row(Embedding.class, "of a table that is computed",
        (tape, in) -> Embedding.apply(tape, Scale.apply(tape, in.get(0), 3), tape.scope().ints(ids, ids.length), 1),
        Input.of(7, 9)));
    int[] manyIds = scattered(3001, 0, 997);
    rows.add(row(Embedding.class, "[1009, 67] for 3001 tokens",
        (tape, in) -> Embedding.apply(tape, in.get(0), tape.scope().ints(manyIds, manyIds.length), 2),
        Input.of(1009, 67)).asLarge());

    for (int classes : ROW_LENGTHS) {
      rows.add(crossEntropy(5, classes, 0, false, Values.uniform(-4, 4)));
      rows.add(crossEntropy(5, classes, 0.1f, true, Values.uniform(-4, 4)));
    }
    rows.add(crossEntropy(1, 3, 0, false, Values.uniform(-4, 4)));
    rows.add(crossEntropy(5, 19, 0, false, FAR_LOGITS).asExtreme());
    rows.add(crossEntropy(5, 19, 0.1f, true, EXTREMES).asExtreme());
    rows.add(crossEntropy(517, 257, 0.1f, true, Values.uniform(-4, 4)).asLarge());
    rows.add(crossEntropy(67, 3001, 0, false, Values.uniform(-4, 4)).asLarge());
    for (int n : SOME_ROW_LENGTHS) {
      rows.add(row(HostLoss.class, "[3, " + n + "]",
          (tape, in) -> HostLoss.apply(tape, in.get(0), OpRows::softPlus), Input.of(3, n)));
    }
    rows.add(row(HostLoss.class, "[517, 257]", (tape, in) -> HostLoss.apply(tape, in.get(0), OpRows::softPlus),
        Input.of(517, 257)).asLarge());
    rows.add(row(CrossEntropy.class, "[3, 7] without labels",
        (tape, in) -> CrossEntropy.apply(tape, in.get(0), tape.scope().ints(new int[] {-1, -1, -100}, 3), null, 0.1f),
        Input.of(3, 7)));
  }

  private static void fused(List<OpRow> rows) {
    int[] few = {5, 1, 17, 3};
    for (int features : SOME_ROW_LENGTHS) {
      rows.add(residualRmsNorm(features, few));
      rows.add(row(GatedLinear.class, "[5, 7] to " + features,
          (tape, in) -> GatedLinear.apply(tape, in.get(0), in.get(1), in.get(2)), Input.of(5, 7),
          Input.of(features, 7), Input.of(features, 7)));
    }
    GradCheck.Function sumAlone = (tape, in) -> ResidualRmsNorm.apply(tape,
        Residual.of(tape, in.get(0), in.get(1), null, cut(tape.scope(), few), 0), in.get(2), 0.1f).sum();
    rows.add(row(ResidualRmsNorm.class, "[26, 5] without gamma, normalized", (tape, in) -> ResidualRmsNorm.apply(tape,
        Residual.of(tape, in.get(0), in.get(1), null, cut(tape.scope(), few), 0), in.get(2), 0.1f).normalized(),
        Input.of(26, 5), Input.of(26, 5), Input.of(5)));
    rows.add(row(ResidualRmsNorm.class, "[26, 5] without gamma, the sum and the weight",
        (tape, in) -> Binary.add(tape, sumAlone.apply(tape, in), in.get(2)),
        Input.of(26, 5), Input.of(26, 5), Input.of(5)));
    rows.add(qkvRope(2, 2, 2, few));
    rows.add(qkvRope(4, 2, 6, few));
    rows.add(qkvRope(3, 1, 16, 1, 1, 1));
    rows.add(row(QkvRope.class, "[26, 5], the keys alone",
        (tape, in) -> QkvRope.apply(tape, in.get(0), qkv(in), cut(tape.scope(), few), 4, 1e6).k(),
        Input.of(26, 5), Input.of(8, 5), Input.of(4, 5), Input.of(4, 5)));
    int[] many = unevenLengths(41, 67);
    rows.add(residualRmsNorm(67, many).asLarge());
    rows.add(row(GatedLinear.class, "[517, 67] to 131",
        (tape, in) -> GatedLinear.apply(tape, in.get(0), in.get(1), in.get(2)),
        Input.of(517, 67), Input.of(131, 67), Input.of(131, 67)).asLarge());
    rows.add(qkvRope(4, 2, 16, many).asLarge());
  }

  /** Both values count, and so do their gradients. */
  private static OpRow residualRmsNorm(int features, int... lengths) {
    int tokens = sum(lengths);
    return row(ResidualRmsNorm.class, "[" + tokens + ", " + features + "] with gamma and drop path", (tape, in) -> {
      var residual = Residual.of(tape, in.get(0), in.get(1), in.get(2), cut(tape.scope(), lengths), 0.4f);
      var values = ResidualRmsNorm.apply(tape, residual, in.get(3), 0.1f);
      return Binary.add(tape, values.sum(), Scale.apply(tape, values.normalized(), 0.7));
    }, Input.of(tokens, features), Input.of(tokens, features), Input.of(features), Input.of(features));
  }

  /** The weights of a {@link QkvRope} among the inputs, which follow x. */
  private static QkvWeights<Variable> qkv(List<Variable> in) {
    return new QkvWeights<>(in.get(1), in.get(2), in.get(3));
  }

  /** All three values count, through an attention. */
  private static OpRow qkvRope(int heads, int keyValueHeads, int headDim, int... lengths) {
    int tokens = sum(lengths);
    return row(QkvRope.class, "[" + tokens + ", 9] to " + heads + "/" + keyValueHeads + " heads of " + headDim,
        (tape, in) -> {
          var sequences = cut(tape.scope(), lengths);
          var values = QkvRope.apply(tape, in.get(0), qkv(in), sequences, headDim, 1e4);
          return Attention.apply(tape, values.q(), values.k(), values.v(), sequences,
              AttentionSpec.of(heads, keyValueHeads, headDim, false));
        }, Input.of(tokens, 9), Input.of((long) heads * headDim, 9), Input.of((long) keyValueHeads * headDim, 9),
        Input.of((long) keyValueHeads * headDim, 9))
        .withTolerance(LOOSE).withNegligible(1e-2);
  }

  /** Σ log(1 + eˣ). */
  private static double softPlus(double[] x, double[] gradient) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += Math.log1p(Math.exp(x[i]));
      gradient[i] = 1 / (1 + Math.exp(-x[i]));
    }
    return sum;
  }

  /** Some rows have no label. */
  private static OpRow crossEntropy(int batch, int classes, float smoothing, boolean weighted, Values values) {
    int[] labels = scattered(batch, 0, classes);
    for (int i = 2; i < batch; i += 5) {
      labels[i] = -1;
    }
    var weights = new float[classes];
    for (int j = 0; j < classes; j++) {
      weights[j] = 0.5f + j % 3;
    }
    String shapes = "[%d, %d], logits from %.0f%s".formatted(batch, classes, values.choose(0),
        weighted ? ", weights, smoothing " + smoothing : "");
    return row(CrossEntropy.class, shapes,
        (tape, in) -> CrossEntropy.apply(tape, in.get(0), tape.scope().ints(labels, batch),
            weighted ? tape.scope().empty(in.get(0).value().dtype(), classes).set(weights) : null, smoothing),
        Input.of(values, batch, classes)).withTolerance(LOOSE);
  }
}
