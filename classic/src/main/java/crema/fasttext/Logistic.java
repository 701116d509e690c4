package crema.fasttext;

/**
 * The logistic function as the original tabulates it, 512 steps between -8 and 8, and 0 and 1 beyond; and its
 * logarithm, at the same steps.
 */
final class Logistic {
  private static final int STEPS = 512;
  private static final float LIMIT = 8f;
  private static final float[] SIGMOID = new float[STEPS + 1];
  private static final float[] SOFTPLUS = new float[STEPS + 1];

  static {
    for (int i = 0; i <= STEPS; i++) {
      float x = i * 2 * LIMIT / STEPS - LIMIT;
      SIGMOID[i] = (float) (1.0 / (1.0 + (float) Math.exp(-x)));
      SOFTPLUS[i] = (float) Math.log1p(Math.exp(x));
    }
  }

  private Logistic() {}

  private static int step(float x) {
    return (int) ((x + LIMIT) * STEPS / LIMIT / 2);
  }

  static float sigmoid(float x) {
    if (x < -LIMIT) {
      return 0f;
    }
    return x > LIMIT ? 1f : SIGMOID[step(x)];
  }

  /** The loss of a wrong output, {@code -log(1 - sigmoid(x))}; of a right one at {@code -x}. NaN for NaN. */
  static float softplus(float x) {
    if (x < -LIMIT) {
      return 0f;
    }
    return x <= LIMIT ? SOFTPLUS[step(x)] : x;
  }
}
