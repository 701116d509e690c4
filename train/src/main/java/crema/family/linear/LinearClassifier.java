package crema.family.linear;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ModelSource;
import crema.linear.LinearModel;
import crema.linear.SparseMatrix;
import crema.linear.TfIdf;
import crema.task.Target;
import java.io.IOException;
import java.util.List;

/** A {@link Classifier} with a linear model over TF-IDF. Its logits are the distances from the labels' hyperplanes. */
public final class LinearClassifier implements Classifier {
  private final TfIdf terms;
  private final LinearModel model;
  private final Target target;

  LinearClassifier(TfIdf terms, LinearModel model, Target target) {
    this.terms = terms;
    this.model = model;
    this.target = target;
  }

  static LinearClassifier load(ModelSource source) throws IOException {
    TfIdf terms = TfIdf.load(source.bytes(LinearFamily.TERMS));
    LinearModel model = LinearModel.load(source.bytes(LinearFamily.WEIGHTS));
    Target target = source.readTarget();
    if (model.features() != terms.vocabulary().size() || model.labels() != target.labels().size()) {
      throw new UserError(source.name() + ": the model has " + model.features() + " terms and "
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
   * @throws UserError always
   */
  @Override
  public float[][] embed(List<String> texts) {
    throw new UserError("a linear model has no vectors of texts; take an encoder or fastText");
  }

  /** There is nothing to release. */
  @Override
  public void close() {}
}
