package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Logits of the vectors of texts and pictures: either is taken to one width, multiplied by its share, both become one
 * vector, and a linear layer reads that. State-dict keys: {@code text}, {@code picture}, {@code shares}, {@code fusion},
 * {@code classifier}.
 */
public final class FusionNetwork extends Module {
  private static final float EPSILON = 1e-5f;

  private final FusionConfig config;
  private final ModalityInput text;
  private final ModalityInput picture;
  private final ModalityShares shares;
  private final Fusion fusion;
  private final Dropout dropout;
  private final Linear classifier;

  /** A network whose parameters come from a source. The classifier starts at zero, so that all labels are alike. */
  public FusionNetwork(ParameterSource source, FusionConfig config) {
    this.config = config;
    text = module("text", new ModalityInput(source, config.textFeatures(), config.width(), EPSILON));
    picture = module("picture", new ModalityInput(source, config.pictureFeatures(), config.width(), EPSILON));
    shares = module("shares", new ModalityShares(source, config.least()));
    fusion = module("fusion", Fusion.create(config.kind(), source, config.width(), config.least()));
    dropout = new Dropout((float) config.dropout());
    classifier = module("classifier", new Linear(source, config.width(), config.numLabels(),
        new Initializer.Constant(0), new Initializer.Constant(0)));
  }

  /** The shape. */
  public FusionConfig config() {
    return config;
  }

  /**
   * Logits, {@code [rows, numLabels]}.
   *
   * @param texts {@code [rows, textFeatures]}; rows without a text are not read, but must be finite
   * @param pictures {@code [rows, pictureFeatures]}, likewise
   * @param presence which rows have which
   */
  public Variable forward(Tape tape, Variable texts, Variable pictures, Presence presence) {
    return classifier.forward(tape, dropout.forward(tape, embed(tape, texts, pictures, presence)));
  }

  /** The joined vectors that the classifier reads, {@code [rows, width]}; the inputs are those of {@link #forward}. */
  public Variable embed(Tape tape, Variable texts, Variable pictures, Presence presence) {
    Variable ofTexts = shares.texts(tape, text.forward(tape, texts, presence.text()));
    Variable ofPictures = shares.pictures(tape, picture.forward(tape, pictures, presence.picture()));
    return fusion.forward(tape, ofTexts, ofPictures);
  }

  /**
   * The share of texts in what the fusion reads, from 0 to 1; that of pictures is the rest. It is their share, times the
   * root mean square of the weights that read them, as a part of the sum of the same for both.
   */
  public double shareOfTexts() {
    double ofTexts = shares.ofTexts() * rootMeanSquare(fusion.ofTexts());
    double ofPictures = (1 - shares.ofTexts()) * rootMeanSquare(fusion.ofPictures());
    return ofTexts + ofPictures == 0 ? 0.5 : ofTexts / (ofTexts + ofPictures);
  }

  private static double rootMeanSquare(List<Linear> layers) {
    double sum = 0;
    long count = 0;
    for (Linear layer : layers) {
      Tensor weight = layer.weight().value();
      for (float value : weight.toFloats()) {
        sum += (double) value * value;
      }
      count += weight.elements();
    }
    return Math.sqrt(sum / count);
  }
}
