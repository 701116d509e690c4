package crema.tensor.cpu;

import static crema.tensor.cpu.CpuStorage.floats;
import static crema.tensor.cpu.CpuStorage.start;

import crema.tensor.AttentionOps;
import crema.tensor.AttentionSpec;
import crema.tensor.RelativePositions;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@link AttentionOps} with SIMD kernels. */
final class CpuAttention implements AttentionOps {
  private final CpuContext context;
  private final ConcurrentHashMap<RopeKey, RopeTable> ropeTables = new ConcurrentHashMap<>();

  private record RopeKey(double theta, int headDim) {}

  CpuAttention(CpuContext context) {
    this.context = context;
  }

  /** A table for at least so many positions; a longer one replaces a shorter one. */
  private RopeTable ropeTable(double theta, int headDim, int positions) {
    return ropeTables.compute(new RopeKey(theta, headDim),
        (key, known) -> known != null && known.positions() >= positions ? known
            : RopeTable.of(Math.max(64, Integer.highestOneBit(positions) * 2), headDim / 2, theta));
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      @Nullable Tensor logSumExp) {
    new AttentionForward(context, sequences, spec, null, q, k, v, y, logSumExp).run();
  }

  @Override
  public void attentionBackward(Tensor q, Tensor k, Tensor v, Sequences sequences, AttentionSpec spec, Tensor y,
      Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv) {
    new AttentionBackward(context, sequences, spec, null, q, k, v, y, logSumExp, dy, dq, dk, dv).compute();
  }

  @Override
  public void relativeAttention(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, @Nullable Tensor logSumExp) {
    var terms = new RelativeTerms(relative, sequences);
    new AttentionForward(context, sequences, spec, terms, q, k, v, y, logSumExp).run();
  }

  @Override
  public void relativeAttentionBackward(Tensor q, Tensor k, Tensor v, RelativePositions relative, Sequences sequences,
      AttentionSpec spec, Tensor y, Tensor logSumExp, Tensor dy, Tensor dq, Tensor dk, Tensor dv,
      RelativePositions gradients) {
    var terms = new TermGradients(context, new RelativeTerms(relative, sequences), gradients, spec.numHeads(),
        spec.headDim());
    new AttentionBackward(context, sequences, spec, terms, q, k, v, y, logSumExp, dy, dq, dk, dv).compute();
  }

  @Override
  public void rope(Tensor x, Sequences sequences, int headDim, double theta, Tensor y) {
    rotate(x, sequences, headDim, theta, 1, y);
  }

  @Override
  public void ropeBackward(Tensor dy, Sequences sequences, int headDim, double theta, Tensor dx) {
    rotate(dy, sequences, headDim, theta, -1, dx);
  }

  /** Turns by the angles times {@code turn}: 1, or −1 to turn back. */
  private void rotate(Tensor x, Sequences sequences, int headDim, double theta, int turn, Tensor y) {
    float[] in = floats(x);
    float[] out = floats(y);
    int xo = start(x);
    int yo = start(y);
    int features = (int) x.shape().columns();
    int half = headDim / 2;
    RopeTable table = ropeTable(theta, headDim, sequences.longest());
    context.overRows(sequences.tokens(), features, (from, to) -> {
      var cursor = new SequenceCursor(sequences, from);
      for (int token = from; token < to; token++) {
        int angles = cursor.positionOf(token) * half;
        for (int at = token * features; at < (token + 1) * features; at += headDim) {
          Kernels.ARITHMETIC.rotate(in, xo + at, table.cosines(), table.sines(), angles, turn, half, out,
              yo + at);
        }
      }
    });
  }
}
