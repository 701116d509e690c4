package crema.langid;

import crema.base.AtomicFile;
import crema.base.WholeBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A linear model of the languages of texts: the logit of a language is its bias and its prior, plus for each feature of
 * the text that the model knows the feature's weight for the language. That is one number for all features that the
 * language was never seen with. Thread-safe.
 */
public final class LanguageModel implements LanguageClassifier {
  /** By how much a logit is too low below the greatest to change the sum of all probabilities as a float. */
  private static final double NEGLIGIBLE = 60;

  /** See {@code LANGUAGES.md}, where it is chosen. */
  private static final double SURE = 0.8;

  private final List<String> languages;
  private final float[] biases;
  private final float[] logPriors;
  private final float[] absentWeights;
  private final FeatureIndex features;
  private final FeatureLanguages entries;
  private final byte[] weights;
  private final float scale;

  /**
   * A model of these parts.
   *
   * @param biases {@code [languages]}
   * @param logPriors {@code [languages]}, what is added to a bias because of how frequent the language is in texts
   * @param absentWeights {@code [languages]}, of a feature that a language was not seen with
   * @param entries the languages that each feature was seen with
   * @param weights {@code [entries]}, what a feature's weight for a language is above the language's absent weight
   * @param scale what one of a weight's units is
   */
  LanguageModel(List<String> languages, float[] biases, float[] logPriors, float[] absentWeights,
      FeatureIndex features, FeatureLanguages entries, byte[] weights, float scale) {
    this.languages = List.copyOf(languages);
    this.biases = biases;
    this.logPriors = logPriors;
    this.absentWeights = absentWeights;
    this.features = features;
    this.entries = entries;
    this.weights = weights;
    this.scale = scale;
  }

  /**
   * Reads a model from memory.
   *
   * @param name for messages
   * @throws IOException if it is malformed; the message says how
   */
  public static LanguageModel read(byte[] model, String name) throws IOException {
    return LanguageModelFormat.read(model, name);
  }

  /** Writes the model, in place of what was in the file once all of it is on disk. */
  public void save(Path file) throws IOException {
    AtomicFile.write(file, channel -> {
      WholeBuffer.write(channel, ByteBuffer.wrap(LanguageModelFormat.bytes(this)));
    });
  }

  @Override
  public List<String> languages() {
    return languages;
  }

  @Override
  public double sureFrom() {
    return SURE;
  }

  @Override
  public LanguageModel withoutPrior() {
    return new LanguageModel(languages, biases, new float[languages.size()], absentWeights, features, entries, weights,
        scale);
  }

  @Override
  public List<Language> best(String text, int k, Set<String> candidates) {
    int[] hashes = LanguageFeatures.of(text);
    if (hashes.length == 0) {
      return List.of();
    }
    double[] logits = logits(features.known(hashes));
    double greatest = Arrays.stream(logits).max().orElse(0);
    double sum = 0;
    for (double logit : logits) {
      sum += logit < greatest - NEGLIGIBLE ? 0 : StrictMath.exp(logit - greatest);
    }
    var best = new ArrayList<Language>();
    for (int l : greatest(logits, k, candidates)) {
      best.add(new Language(languages.get(l), (float) (StrictMath.exp(logits[l] - greatest) / sum)));
    }
    return best;
  }

  /** The numbers of the candidates of the greatest logits, the greatest first, and of equal ones the lower number. */
  private int[] greatest(double[] logits, int k, Set<String> candidates) {
    var greatest = new int[Math.min(k, candidates.size())];
    int count = 0;
    for (int l = 0; l < logits.length; l++) {
      if (!candidates.contains(languages.get(l))) {
        continue;
      }
      int at = count;
      while (at > 0 && logits[greatest[at - 1]] < logits[l]) {
        at--;
      }
      if (at < greatest.length) {
        count = Math.min(count + 1, greatest.length);
        System.arraycopy(greatest, at, greatest, at + 1, count - at - 1);
        greatest[at] = l;
      }
    }
    return greatest;
  }

  /** The logits of languages, given the features that a text has. */
  double[] logits(int[] known) {
    var units = new int[languages.size()];
    for (int feature : known) {
      for (int entry = entries.start(feature); entry < entries.end(feature); entry++) {
        units[entries.language(entry)] += weights[entry];
      }
    }
    var logits = new double[units.length];
    for (int l = 0; l < units.length; l++) {
      logits[l] = biases[l] + logPriors[l] + (double) known.length * absentWeights[l] + (double) scale * units[l];
    }
    return logits;
  }

  float bias(int language) {
    return biases[language];
  }

  float logPrior(int language) {
    return logPriors[language];
  }

  float absentWeight(int language) {
    return absentWeights[language];
  }

  FeatureIndex features() {
    return features;
  }

  FeatureLanguages entries() {
    return entries;
  }

  byte weight(int entry) {
    return weights[entry];
  }

  float scale() {
    return scale;
  }
}
