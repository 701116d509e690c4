package crema.family.linear;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Explanation;
import crema.classify.ModelSource;
import crema.embed.Vectors;
import crema.linear.Analyzer;
import crema.linear.LinearModel;
import crema.linear.SparseMatrix;
import crema.report.TellingWord;
import crema.task.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * A {@link Classifier} with a linear model over TF-IDF, over the vectors of a pretrained encoder, or both. Its logits are
 * the distances from the labels' hyperplanes.
 */
public final class LinearClassifier implements Classifier {
  private final FeatureSpaces spaces;
  private final LinearModel model;
  private final Target target;

  LinearClassifier(FeatureSpaces spaces, LinearModel model, Target target) {
    this.spaces = spaces;
    this.model = model;
    this.target = target;
  }

  static LinearClassifier load(ModelSource source, ComputeOptions options) throws IOException {
    LinearModel model = LinearModel.load(source.bytes(LinearFamily.WEIGHTS));
    Target target = source.readTarget();
    FeatureSpaces spaces = FeatureSpaces.load(source, options);
    if (model.features() != spaces.size() || model.labels() != target.labels().size()) {
      spaces.close();
      String terms = source.holds(FeatureSpaces.DESCRIPTION) ? FeatureSpaces.DESCRIPTION : FeatureSpaces.TERMS;
      throw new UserError(source.name() + ": the model has " + model.features()
          + (spaces.encoders().isEmpty() ? " terms" : " features")
          + " and " + model.labels() + " labels, but " + terms
          + (spaces.encoders().isEmpty() ? " has " : " and encoder.json have ") + spaces.size() + " and labels.json "
          + target.labels().size() + ": the files are of different models");
    }
    return new LinearClassifier(spaces, model, target);
  }

  /** The same that decides otherwise. */
  LinearClassifier withTarget(Target other) {
    return new LinearClassifier(spaces, model, other);
  }

  /** Its hyperplanes. */
  LinearModel model() {
    return model;
  }

  /** The spaces of its features. */
  FeatureSpaces spaces() {
    return spaces;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public float[][] logits(List<String> texts) {
    SparseMatrix vectors = spaces.of(texts);
    var logits = new float[texts.size()][];
    for (int text = 0; text < logits.length; text++) {
      logits[text] = texts.get(text).isBlank() ? new float[0] : model.decisions(vectors, text);
    }
    return logits;
  }

  /** Exact where all features are terms; the vectors of an encoder are of a whole text. */
  @Override
  public Explanation explain(String text, int[] labels) {
    return spaces.encoders().isEmpty() ? new TermExplainer(spaces, model, target).explain(text, labels)
        : Classifier.super.explain(text, labels);
  }

  /**
   * {@inheritDoc} The weight of a word times the standard deviation of its value over the training texts, so that a word
   * which a single text has does not count for more than one which most texts of the label have. Runs of characters are
   * told only by a model that knows no words.
   */
  @Override
  public List<List<TellingWord>> tellingWords(int most) {
    boolean areWords = spaces.terms().stream().anyMatch(LinearClassifier::isOfWords);
    var strongest = new TellingWord.Strongest(model.labels(), most);
    int first = 0;
    for (TermSpace space : spaces.terms()) {
      List<String> vocabulary = space.terms().vocabulary();
      if (isOfWords(space) == areWords) {
        String column = space.column().map(name -> name + ": ").orElse("");
        for (int term = 0; term < vocabulary.size(); term++) {
          double share = (double) space.terms().documentFrequency(term) / space.terms().documents();
          double value = space.weight() * space.terms().idf(term) * Math.sqrt(share * (1 - share));
          for (int label = 0; label < model.labels(); label++) {
            double added = value * model.weight(first + term, label);
            if (strongest.wants(label, added)) {
              strongest.add(label, column + vocabulary.get(term), added);
            }
          }
        }
      }
      first += vocabulary.size();
    }
    return spaces.terms().isEmpty() ? List.of() : strongest.all();
  }

  private static boolean isOfWords(TermSpace space) {
    return space.terms().config().analyzer() == Analyzer.WORD;
  }

  /** Those of a hyperplane a label over the features that a text has; an encoder's are about those of its vectors alone. */
  @Override
  public double operations(String text) {
    SparseMatrix features = spaces.of(List.of(text));
    return 2.0 * (features.elements() + features.denseColumns()) * model.labels()
        + spaces.operations(text);
  }

  @Override
  public List<String> columns() {
    return spaces.columns();
  }

  /**
   * The vectors of the first encoder, if there is one, of the first text that it reads: those of TF-IDF are as long as the vocabulary and nearly all zeros.
   *
   * @throws UserError when there is none
   */
  @Override
  public float[][] embed(List<String> texts) {
    if (spaces.encoders().isEmpty()) {
      throw new UserError("a linear model has no vectors of texts; take an encoder or fastText");
    }
    FrozenEncoder encoder = spaces.encoders().getFirst();
    Vectors vectors = encoder.embed(spaces.views().of(texts, encoder.spaces().getFirst().column()));
    var rows = new float[texts.size()][];
    Arrays.setAll(rows, row -> texts.get(row).isBlank() ? new float[vectors.size()] : vectors.row(row));
    return rows;
  }

  /** Releases the encoders. */
  @Override
  public void close() {
    spaces.close();
  }
}
