package crema.family.fasttext;

import crema.base.UserError;
import crema.classify.RunSettings;
import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.Fields;
import crema.fasttext.LossKind;
import crema.nn.loss.LabelFrequencies;
import crema.run.DataSettings;
import crema.task.LabelConfig;
import crema.task.LossConfig;
import java.util.List;

/**
 * Everything that decides what a training run of fastText computes.
 *
 * @param model {@code fasttext}, which tells such settings from an encoder's
 * @param data which rows, and how they are split
 * @param network what is trained, and how
 * @param labels what is learnt of labels
 * @param tuning what is done around the training
 * @param seed of everything random: splits, initial vectors, order
 */
public record FastTextTrainingConfig(String model, DataSettings data, Network network, FastTextLabels labels,
    FastTextTuning tuning, long seed) implements RunSettings {
  public static final String MODEL = "fasttext";

  /** The network's loss for labels that are each decided on for themselves. */
  public static final String ONE_VS_ALL = "one-vs-all";

  private static final String LABEL_PREFIX = "__label__";

  /** Checks the combination. */
  public FastTextTrainingConfig {
    boolean needsOneVsAll = labels.loss() != null || labels.areAll();
    if (needsOneVsAll && !network.loss().equals(ONE_VS_ALL)) {
      throw new UserError((labels.loss() != null ? "the loss " + labels.loss().name() : "path_labels all")
          + " needs fasttext_loss " + ONE_VS_ALL);
    }
    if (labels.loss() != null && tuning.searchSeconds() > 0) {
      throw new UserError("a search is for the losses of fasttext itself: leave out the loss "
          + labels.loss().name());
    }
  }

  /** Settings of a run. */
  public FastTextTrainingConfig(DataSettings data, Network network, FastTextLabels labels, FastTextTuning tuning,
      long seed) {
    this(MODEL, data, network, labels, tuning, seed);
  }

  /** The engine's settings. */
  FastTextConfig engine(int threads) {
    return network.config().threads(threads).seed(seed).build();
  }

  /** The same with labels that are read in another way, and with at most so many rows shared by n-grams. */
  public FastTextTrainingConfig with(LabelConfig reading, int mostBuckets) {
    return new FastTextTrainingConfig(model, data.withLabels(reading), network.withBucketsAtMost(mostBuckets), labels,
        tuning, seed);
  }

  /**
   * A trainer with these settings.
   *
   * @param rows the number of training rows
   */
  FastTextTrainer trainer(int threads, long rows) {
    var trainer = new FastTextTrainer(engine(threads));
    LossConfig loss = labels.loss();
    return loss == null ? trainer
        : trainer.labelLoss(counts ->
            loss.definition().createOfRows(loss.values(), new LabelFrequencies(counts, rows)));
  }

  /**
   * The model and its training, mostly under the names of {@link FastTextConfig}.
   *
   * @param dim the length of a vector
   * @param learningRate at the start; it falls linearly to 0
   * @param epochs passes over the training rows
   * @param loss {@code softmax}, {@code hs}, {@code ns} or {@code one-vs-all}
   * @param wordNgrams the longest word n-gram
   * @param minn the shortest character n-gram
   * @param maxn the longest character n-gram; 0 for none
   * @param bucket the rows shared by all n-grams
   * @param minCount words seen less often get no vector of their own
   * @param text how a text is read
   */
  public record Network(
      int dim,
      double learningRate,
      int epochs,
      String loss,
      int wordNgrams,
      int minn,
      int maxn,
      int bucket,
      int minCount,
      Text text) {

    /** Checks the ranges. */
    public Network {
      config(dim, learningRate, epochs, loss, wordNgrams, minn, maxn, bucket, minCount);
    }

    Network withBucketsAtMost(int most) {
      return new Network(dim, learningRate, epochs, loss, wordNgrams, minn, maxn, Math.min(bucket, most), minCount,
          text);
    }

    /** The engine's settings. */
    FastTextConfig.Builder config() {
      return config(dim, learningRate, epochs, loss, wordNgrams, minn, maxn, bucket, minCount).toBuilder();
    }

    private static FastTextConfig config(int dim, double learningRate, int epochs, String loss, int wordNgrams,
        int minn, int maxn, int bucket, int minCount) {
      try {
        return FastTextConfig.supervised()
            .dim(dim).lr(learningRate).epoch(epochs).loss(LossKind.of(loss)).wordNgrams(wordNgrams)
            .minn(minn).maxn(maxn).bucket(bucket).minCount(minCount).labelPrefix(LABEL_PREFIX).build();
      } catch (IllegalArgumentException e) {
        throw new UserError(String.valueOf(e.getMessage()), e);
      }
    }
  }

  /**
   * How a text is read, in training and in prediction alike.
   *
   * @param lowercase whether case is ignored
   * @param leadingWords how many words at the start count more
   * @param leadingWeight how many more times those are read
   */
  public record Text(boolean lowercase, int leadingWords, int leadingWeight) {
    /** Checks the ranges. */
    public Text {
      if (leadingWords < 0 || leadingWeight < 0) {
        throw new UserError("leading_words and leading_weight must not be negative");
      }
    }

    Fields fields() {
      return new Fields(List.of(Fields.Field.PLAIN.withLeading(leadingWords, leadingWeight)), LABEL_PREFIX);
    }
  }
}
