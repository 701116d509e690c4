package crema.langid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Naive Bayes over the presence of features, corrected by softmax regression.
 *
 * <p>Naive Bayes gives feature {@code f} for language {@code l} the weight
 * {@code t log((count(f, l) + a) / (total(l) + a features))}, where the smoothing {@code a} is {@value #SMOOTHING} and
 * the temperature {@code t} is {@value #TEMPERATURE}, because features overlap and say the same thing several times.
 * The bias is the log of the language's number of sentences. Then stochastic gradient descent on the cross-entropy
 * corrects the weights of features and languages that were seen together.
 *
 * <p>In training a sentence is scored without its own share of the counts. So it is as hard as a sentence not yet seen,
 * and what is corrected are the mistakes on such; with its share, rare features give most languages away. Also, half of
 * its features are left out, others each time (dropout: Srivastava et al., 2014), so that all of them learn to
 * distinguish the language, not only the few that do so best.
 */
final class CorrectedNaiveBayes {
  private static final double SMOOTHING = 0.03;
  private static final double TEMPERATURE = 0.12;
  private static final int EPOCHS = 10;

  /** The share of a sentence's features that it is learned without, others each time. */
  private static final float DROPOUT = 0.5f;

  private static final double LEARNING_RATE = 0.015;
  private static final long SEED = 1;

  /** What weights are rounded to: finer ones make a larger file, and no better model. */
  private static final float WEIGHT_STEP = 0.1f;

  /** An error of a probability that is too small to correct anything for. */
  private static final double NEGLIGIBLE = 1e-4;

  private final FeatureLanguages entries;
  private final int[] counts;
  private final float[] biases;
  private final float[] absentWeights;

  /** {@code [entries]}, above the languages' absent weights. */
  private final float[] weights;

  /** What being in so many sentences adds to a weight. */
  private final float[] evidence;

  /**
   * Naive Bayes.
   *
   * @param sentences {@code [languages]}, how many each has
   */
  CorrectedNaiveBayes(FeatureCounts featureCounts, int features, int[] sentences) {
    entries = featureCounts.entries();
    counts = featureCounts.counts();
    evidence = new float[max(counts) + 1];
    for (int count = 0; count < evidence.length; count++) {
      evidence[count] = (float) (TEMPERATURE * StrictMath.log((count + SMOOTHING) / SMOOTHING));
    }
    weights = new float[entries.size()];
    var totals = new long[sentences.length];
    for (int entry = 0; entry < weights.length; entry++) {
      weights[entry] = evidence[counts[entry]];
      totals[entries.language(entry)] += counts[entry];
    }
    biases = new float[sentences.length];
    absentWeights = new float[sentences.length];
    for (int l = 0; l < sentences.length; l++) {
      biases[l] = (float) StrictMath.log(sentences[l]);
      absentWeights[l] = (float) (TEMPERATURE * StrictMath.log(SMOOTHING / (totals[l] + SMOOTHING * features)));
    }
  }

  private static int max(int[] values) {
    int max = 0;
    for (int value : values) {
      max = Math.max(max, value);
    }
    return max;
  }

  /** Learns from the sentences' mistakes. */
  void correct(List<Example> examples) {
    var order = new ArrayList<>(examples);
    var random = new Random(SEED);
    var errors = new float[biases.length];
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(order, random);
      for (int i = 0; i < order.size(); i++) {
        double rate = LEARNING_RATE * (1 - (epoch + (double) i / order.size()) / EPOCHS);
        Example some = withoutSome(order.get(i), random);
        errors(some, errors);
        correct(some.features(), errors, (float) rate);
      }
    }
  }

  private static Example withoutSome(Example example, Random random) {
    int[] features = Arrays.stream(example.features()).filter(feature -> random.nextFloat() >= DROPOUT).toArray();
    return new Example(example.language(), features);
  }

  /**
   * By how much the probability of each language is too low for an example, given the counts of all others.
   *
   * @param errors {@code [languages]}, filled
   */
  void errors(Example example, float[] errors) {
    int own = example.language();
    for (int l = 0; l < errors.length; l++) {
      errors[l] = biases[l] + example.features().length * absentWeights[l];
    }
    for (int feature : example.features()) {
      for (int entry = entries.start(feature); entry < entries.end(feature); entry++) {
        int language = entries.language(entry);
        errors[language] += weights[entry];
        if (language == own) {
          errors[own] += evidence[counts[entry] - 1] - evidence[counts[entry]];
        }
      }
    }
    float greatest = Float.NEGATIVE_INFINITY;
    for (float logit : errors) {
      greatest = Math.max(greatest, logit);
    }
    double sum = 0;
    for (int l = 0; l < errors.length; l++) {
      errors[l] = (float) StrictMath.exp(errors[l] - greatest);
      sum += errors[l];
    }
    for (int l = 0; l < errors.length; l++) {
      double error = (l == own ? 1 : 0) - errors[l] / sum;
      errors[l] = Math.abs(error) < NEGLIGIBLE ? 0 : (float) error;
    }
  }

  private void correct(int[] features, float[] errors, float rate) {
    for (int feature : features) {
      for (int entry = entries.start(feature); entry < entries.end(feature); entry++) {
        weights[entry] += rate * errors[entries.language(entry)];
      }
    }
  }

  /** The model, its weights rounded, with the prior that its training did without. */
  LanguageModel rounded(List<String> languages, CommonLanguages common, FeatureIndex features) {
    var logPriors = new float[biases.length];
    for (int l = 0; l < logPriors.length; l++) {
      logPriors[l] = common.logPrior(languages.get(l));
    }
    var units = new byte[weights.length];
    for (int entry = 0; entry < units.length; entry++) {
      int steps = Math.round(weights[entry] / WEIGHT_STEP);
      units[entry] = (byte) Math.clamp(steps, -Byte.MAX_VALUE, Byte.MAX_VALUE);
    }
    return new LanguageModel(languages, biases, logPriors, absentWeights, features, entries, units, WEIGHT_STEP);
  }
}
