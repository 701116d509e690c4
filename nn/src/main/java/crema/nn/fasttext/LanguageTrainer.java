package crema.nn.fasttext;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a small language model, such as the one that {@link LanguageDetector#shipped} loads: a classifier of character
 * n-grams of {@linkplain LanguageDetector#normalise normalised} words, quantized.
 */
public final class LanguageTrainer {
  /** The words and n-grams of the shipped model, whose compressed file is just below 1.5 MB. */
  public static final int SHIPPED_ROWS = 80_000;

  private static final double RETRAINING_LR = 0.2;
  private static final int RETRAINING_EPOCHS = 5;

  private final FastTextConfig config;
  private final int rows;
  private TrainingListener listener = progress -> true;

  /**
   * A trainer with the settings of the shipped model.
   *
   * @param rows the words and n-grams to keep
   */
  public LanguageTrainer(int threads, int rows) {
    this(
        FastTextConfig.supervised()
            .loss(LossKind.ONE_VS_ALL).dim(24).minn(1).maxn(5).bucket(1_000_000).lr(0.5).epoch(15).threads(threads)
            .build(),
        rows);
  }

  /**
   * A trainer with settings of one's own.
   *
   * @param config of the model before it is quantized; labels get a prefix of their own
   * @param rows the words and n-grams to keep
   */
  public LanguageTrainer(FastTextConfig config, int rows) {
    this.config = config.toBuilder().labelPrefix(LanguageDetector.NORMALISED_PREFIX).build();
    this.rows = rows;
  }

  /** Has a listener told how training goes. */
  public LanguageTrainer listener(TrainingListener newListener) {
    listener = newListener;
    return this;
  }

  /**
   * Trains and quantizes a model.
   *
   * @param sentences lines of a language code, a tab and a sentence; a header line of {@code language} and
   *     {@code text} is left out
   * @throws IOException if it cannot be read, or a line has no tab; the message says which
   */
  public FastText train(TextSource sentences) throws IOException {
    TextSource lines = TextSource.of(labelled(sentences));
    FastText model = new FastTextTrainer(config).listener(listener).train(lines);
    FastTextConfig retraining = config.toBuilder().lr(RETRAINING_LR).epoch(RETRAINING_EPOCHS).build();
    var options = new QuantizeOptions(2, true, false, rows, retraining);
    return new Quantizer(options).listener(listener).quantize(model, lines);
  }

  private List<String> labelled(TextSource sentences) throws IOException {
    var lines = new ArrayList<String>();
    try (var in = new BufferedReader(new InputStreamReader(sentences.open(), StandardCharsets.UTF_8))) {
      int number = 0;
      for (String row = in.readLine(); row != null; row = in.readLine()) {
        number++;
        int tab = row.indexOf('\t');
        if (tab < 0) {
          throw new IOException("line " + number + " of the sentences has no tab between language and text");
        }
        if (number > 1 || !row.equals("language\ttext")) {
          lines.add(config.labelPrefix() + row.substring(0, tab) + " "
              + LanguageDetector.normalise(row.substring(tab + 1)));
        }
      }
    }
    return lines;
  }
}
