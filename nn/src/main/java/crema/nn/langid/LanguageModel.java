package crema.nn.langid;

import crema.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A linear model of the languages of texts: the logit of a language is its bias, plus for each feature of the text that
 * the model knows the feature's weight for the language. That is one number for all features that the language was
 * never seen with. Thread-safe.
 */
public final class LanguageModel implements LanguageClassifier {
  private final List<String> languages;
  private final float[] biases;
  private final float[] absentWeights;
  private final FeatureIndex features;
  private final FeatureLanguages entries;
  private final byte[] weights;
  private final float scale;

  /**
   * A model of these parts.
   *
   * @param biases {@code [languages]}
   * @param absentWeights {@code [languages]}, of a feature that a language was not seen with
   * @param entries the languages that each feature was seen with
   * @param weights {@code [entries]}, what a feature's weight for a language is above the language's absent weight
   * @param scale what one of a weight's units is
   */
  LanguageModel(List<String> languages, float[] biases, float[] absentWeights, FeatureIndex features,
      FeatureLanguages entries, byte[] weights, float scale) {
    this.languages = List.copyOf(languages);
    this.biases = biases;
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
      for (var bytes = ByteBuffer.wrap(LanguageModelFormat.bytes(this)); bytes.hasRemaining(); ) {
        channel.write(bytes);
      }
    });
  }

  @Override
  public List<String> languages() {
    return languages;
  }

  @Override
  public List<Language> rank(String text) {
    int[] hashes = LanguageFeatures.of(text);
    if (hashes.length == 0) {
      return List.of();
    }
    double[] logits = logits(features.known(hashes));
    double greatest = Arrays.stream(logits).max().orElse(0);
    double[] likelihoods = Arrays.stream(logits).map(logit -> StrictMath.exp(logit - greatest)).toArray();
    double sum = Arrays.stream(likelihoods).sum();
    return IntStream.range(0, logits.length).boxed()
        .sorted(Comparator.comparingDouble((Integer l) -> logits[l]).reversed())
        .map(l -> new Language(languages.get(l), (float) (likelihoods[l] / sum)))
        .toList();
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
      logits[l] = biases[l] + (double) known.length * absentWeights[l] + (double) scale * units[l];
    }
    return logits;
  }

  float bias(int language) {
    return biases[language];
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
