package crema.train;

import crema.nn.linear.LinearModel;
import crema.nn.linear.SparseMatrix;
import crema.nn.linear.TfIdf;
import java.io.IOException;
import java.util.List;

/** A {@link Classifier} with a linear model over TF-IDF. Its logits are the distances from the labels' hyperplanes. */
final class LinearClassifier implements Classifier {
  private final TfIdf terms;
  private final LinearModel model;
  private final Target target;

  LinearClassifier(TfIdf terms, LinearModel model, Target target) {
    this.terms = terms;
    this.model = model;
    this.target = target;
  }

  static LinearClassifier load(ModelDirectory directory) throws IOException {
    ModelKind.LINEAR.read(directory);
    TfIdf terms = TfIdf.load(directory.terms());
    LinearModel model = LinearModel.load(directory.weights());
    Target target = TargetFile.read(directory);
    if (model.features() != terms.vocabulary().size() || model.labels() != target.labels().size()) {
      throw new TrainingException(directory.path() + ": the model has " + model.features() + " terms and "
          + model.labels() + " labels, but terms.json has " + terms.vocabulary().size() + " and labels.json "
          + target.labels().size() + ": the files are of different models");
    }
    return new LinearClassifier(terms, model, target);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public float[][] logits(List<String> texts) {
    SparseMatrix vectors = terms.transform(texts);
    var logits = new float[texts.size()][];
    for (int text = 0; text < logits.length; text++) {
      logits[text] = texts.get(text).isBlank() ? new float[0] : model.decisions(vectors, text);
    }
    return logits;
  }

  /**
   * Not supported: the vectors are as long as the vocabulary and nearly all zeros.
   *
   * @throws TrainingException always
   */
  @Override
  public float[][] embed(List<String> texts) {
    throw new TrainingException("a linear model has no vectors of texts; take an encoder or fastText");
  }

  /** There is nothing to release. */
  @Override
  public void close() {}
}
