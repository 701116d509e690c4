package crema.bench;

import crema.tensor.Orientation;
import java.util.List;

/** One matrix product to time: C {@code [m, n]} with sums of length {@code k}. */
record GemmShape(Orientation orientation, int m, int n, int k) {
  /**
   * Products of a training step of encoders of 384 and 768 features on 4,096 and 2,048 tokens: forward (NT), gradients
   * of activations (NN) and of weights (TN); a vocabulary of 32,000; and squares.
   */
  static final List<GemmShape> TRAINING = List.of(
      new GemmShape(Orientation.NT, 4096, 384, 384),
      new GemmShape(Orientation.NN, 4096, 384, 384),
      new GemmShape(Orientation.TN, 384, 384, 4096),
      new GemmShape(Orientation.NT, 4096, 128, 384),
      new GemmShape(Orientation.NT, 4096, 1536, 384),
      new GemmShape(Orientation.NN, 4096, 384, 1536),
      new GemmShape(Orientation.NT, 4096, 384, 1536),
      new GemmShape(Orientation.TN, 1536, 384, 4096),
      new GemmShape(Orientation.TN, 384, 1536, 4096),
      new GemmShape(Orientation.NT, 2048, 3072, 768),
      new GemmShape(Orientation.TN, 3072, 768, 2048),
      new GemmShape(Orientation.NT, 4096, 600, 312),
      new GemmShape(Orientation.NT, 512, 32000, 384),
      new GemmShape(Orientation.NN, 512, 512, 512),
      new GemmShape(Orientation.NN, 1024, 1024, 1024),
      new GemmShape(Orientation.NN, 2048, 2048, 2048));

  /** Parses what {@link #toString} gives: {@code NT 4096x384x384}. */
  static GemmShape parse(String text) {
    String[] parts = text.split("[ x]");
    if (parts.length != 4) {
      throw new IllegalArgumentException("\"" + text + "\" is no shape; write one like \"NT 4096x384x384\"");
    }
    return new GemmShape(Orientation.valueOf(parts[0]),
        Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3]));
  }

  boolean transposesA() {
    return orientation == Orientation.TN;
  }

  boolean transposesB() {
    return orientation == Orientation.NT;
  }

  /** The row stride of A. */
  int lda() {
    return transposesA() ? m : k;
  }

  /** The row stride of B. */
  int ldb() {
    return transposesB() ? k : n;
  }

  /** Floating-point operations of the product. */
  double flops() {
    return 2.0 * m * n * k;
  }

  @Override
  public String toString() {
    return orientation + " " + m + "x" + n + "x" + k;
  }
}
