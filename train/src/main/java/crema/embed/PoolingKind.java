package crema.embed;

import crema.base.Keyed;
import crema.tensor.Pooling;
import java.util.Arrays;

/** How the vectors of a text's tokens become one; the kinds of sentence-transformers, in the order it joins them. */
public enum PoolingKind implements Keyed {
  /** The first token's. */
  CLS("first", "cls", "pooling_mode_cls_token"),
  /** The largest value of each feature. */
  MAX("max", "max", "pooling_mode_max_tokens"),
  /** The mean. */
  MEAN("mean", "mean", "pooling_mode_mean_tokens"),
  /** The sum over the square root of the number of tokens. */
  MEAN_SQRT_LEN("mean-sqrt-len", "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
  /** The mean with weights that grow with the position: 1, 2, 3, … */
  WEIGHTED_MEAN("weighted-mean", "weightedmean", "pooling_mode_weightedmean_tokens"),
  /** The last token's. */
  LAST_TOKEN("last", "lasttoken", "pooling_mode_lasttoken");

  private final String key;
  private final String sentenceName;
  private final String configKey;

  PoolingKind(String key, String sentenceName, String configKey) {
    this.key = key;
    this.sentenceName = sentenceName;
    this.configKey = configKey;
  }

  /**
   * The kind of a name: the one that Crema's settings have too, or that of sentence-transformers.
   *
   * @param what what is chosen, as the message calls it
   * @throws crema.base.UserError if there is none; the message lists all
   */
  public static PoolingKind named(String name, String what) {
    return Arrays.stream(values()).filter(kind -> kind.sentenceName.equals(name)).findFirst()
        .orElseGet(() -> Keyed.find(PoolingKind.class, name, what));
  }

  /** The kind that an encoder pools by itself. */
  public static PoolingKind of(Pooling pooling) {
    return switch (pooling) {
      case MEAN -> MEAN;
      case MAX -> MAX;
      case FIRST -> CLS;
      case LAST -> LAST_TOKEN;
    };
  }

  @Override
  public String key() {
    return key;
  }

  /** The name that sentence-transformers has for it. */
  public String sentenceName() {
    return sentenceName;
  }

  /** What switches it on in the {@code config.json} of a pooling module. */
  public String configKey() {
    return configKey;
  }

  /**
   * Pools tokens.
   *
   * @param tokens {@code [tokens, size]}
   * @param text the first token of the text
   * @param first the first token that counts
   * @param end the token after the last, above {@code first}
   * @param size the number of features
   * @param into receives the vector
   * @param at where in {@code into}
   */
  void pool(float[] tokens, int text, int first, int end, int size, float[] into, int at) {
    switch (this) {
      case CLS -> System.arraycopy(tokens, text * size, into, at, size);
      case LAST_TOKEN -> System.arraycopy(tokens, (end - 1) * size, into, at, size);
      case MAX -> {
        System.arraycopy(tokens, first * size, into, at, size);
        for (int token = first + 1; token < end; token++) {
          for (int i = 0; i < size; i++) {
            into[at + i] = Math.max(into[at + i], tokens[token * size + i]);
          }
        }
      }
      case MEAN -> sum(tokens, text, first, end, size, into, at, 1.0 / (end - first));
      case MEAN_SQRT_LEN -> sum(tokens, text, first, end, size, into, at, 1 / Math.sqrt(end - first));
      case WEIGHTED_MEAN -> {
        double from = first - text;
        double to = end - text;
        sum(tokens, text, first, end, size, into, at, 2 / (to * (to + 1) - from * (from + 1)));
      }
    }
  }

  /** Sums in double precision, token after token, so that a text's bits do not depend on what is beside it. */
  private void sum(float[] tokens, int text, int first, int end, int size, float[] into, int at, double scale) {
    var sums = new double[size];
    for (int token = first; token < end; token++) {
      double weight = this == WEIGHTED_MEAN ? token - text + 1 : 1;
      for (int i = 0; i < size; i++) {
        sums[i] += weight * tokens[token * size + i];
      }
    }
    for (int i = 0; i < size; i++) {
      into[at + i] = (float) (sums[i] * scale);
    }
  }
}
