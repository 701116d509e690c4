package crema.family.linear;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelSource;
import crema.embed.Vectors;
import crema.linear.LinearModel;
import crema.linear.SparseMatrix;
import crema.linear.TfIdf;
import crema.task.Target;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Classifier} with a linear model over TF-IDF, over the vectors of a pretrained encoder, or both. Its logits are
 * the distances from the labels' hyperplanes.
 */
public final class LinearClassifier implements Classifier {
  private final @Nullable TfIdf terms;
  private final @Nullable FrozenEncoder encoder;
  private final LinearModel model;
  private final Target target;

  LinearClassifier(@Nullable TfIdf terms, @Nullable FrozenEncoder encoder, LinearModel model, Target target) {
    this.terms = terms;
    this.encoder = encoder;
    this.model = model;
    this.target = target;
  }

  static LinearClassifier load(ModelSource source, ComputeOptions options) throws IOException {
    boolean hasEncoder = source.holds(FrozenEncoder.DESCRIPTION);
    TfIdf terms = hasEncoder && !source.holds(LinearFamily.TERMS) ? null
        : TfIdf.load(source.bytes(LinearFamily.TERMS));
    LinearModel model = LinearModel.load(source.bytes(LinearFamily.WEIGHTS));
    Target target = source.readTarget();
    FrozenEncoder encoder = hasEncoder ? FrozenEncoder.load(source, options) : null;
    int termCount = terms == null ? 0 : terms.vocabulary().size();
    int features = termCount + (encoder == null ? 0 : encoder.size());
    if (model.features() != features || model.labels() != target.labels().size()) {
      if (encoder != null) {
        encoder.close();
      }
      throw new UserError(source.name() + ": the model has " + model.features()
          + (encoder == null ? " terms" : " features")
          + " and " + model.labels() + " labels, but "
          + (encoder == null ? "terms.json has " : "terms.json and encoder.json have ") + features + " and labels.json "
          + target.labels().size() + ": the files are of different models");
    }
    return new LinearClassifier(terms, encoder, model, target);
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public float[][] logits(List<String> texts) {
    SparseMatrix vectors = features(terms, encoder, texts);
    var logits = new float[texts.size()][];
    for (int text = 0; text < logits.length; text++) {
      logits[text] = texts.get(text).isBlank() ? new float[0] : model.decisions(vectors, text);
    }
    return logits;
  }

  /** The features of texts: terms, then those of the encoder. */
  static SparseMatrix features(@Nullable TfIdf terms, @Nullable FrozenEncoder encoder, List<String> texts) {
    SparseMatrix sparse = terms == null ? new SparseMatrix(0, new int[texts.size() + 1], new int[0], new float[0])
        : terms.transform(texts);
    return encoder == null ? sparse : encoder.append(sparse, encoder.embed(texts));
  }

  /**
   * The vectors of the encoder, if there is one: those of TF-IDF are as long as the vocabulary and nearly all zeros.
   *
   * @throws UserError when there is none
   */
  @Override
  public float[][] embed(List<String> texts) {
    if (encoder == null) {
      throw new UserError("a linear model has no vectors of texts; take an encoder or fastText");
    }
    Vectors vectors = encoder.embed(texts);
    var rows = new float[texts.size()][];
    Arrays.setAll(rows, row -> texts.get(row).isBlank() ? new float[vectors.size()] : vectors.row(row));
    return rows;
  }

  /** Releases the encoder, if there is one. */
  @Override
  public void close() {
    if (encoder != null) {
      encoder.close();
    }
  }
}
