package crema.family.image;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.RmsNorm;
import crema.nn.Dropout;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.VisionTower;
import crema.tensor.Activation;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A classifier of pictures: a {@link VisionTower}, a narrow layer, and a linear one of the labels. State-dict keys:
 * {@code vision}, {@code bottleneck} and {@code classifier}.
 */
final class ImageNetwork extends Module {
  private static final String VISION = "vision";
  /** Keeps a vector of zeros from being divided by 0. */
  private static final float EPSILON = 1e-12f;

  /** What the names of the tower's parameters start with. */
  static final String TOWER = VISION + ".";

  private final ImageNetworkConfig config;
  private final VisionTower tower;
  private final Head head;

  /** A network whose parameters come from the source. */
  ImageNetwork(ParameterSource source, ImageNetworkConfig config) {
    this.config = config;
    tower = module(VISION, config.tower().create(source));
    head = inline(new Head(source, config, tower.features()));
  }

  /** What follows the tower. */
  private static final class Head extends Module {
    private final Dropout dropout;
    private final @Nullable Linear bottleneck;
    private final Linear classifier;
    private final int features;
    private final boolean isOfDirections;

    Head(ParameterSource source, ImageNetworkConfig config, int features) {
      this.features = features;
      isOfDirections = config.isOfDirections();
      dropout = new Dropout((float) config.dropout());
      bottleneck = config.bottleneck() == 0 ? null
          : module("bottleneck", new Linear(source, features, config.bottleneck()));
      classifier = module("classifier",
          new Linear(source, config.bottleneck() == 0 ? features : config.bottleneck(), config.numLabels()));
    }

    Variable forward(Tape tape, Variable vectors) {
      Variable read = isOfDirections ? unit(tape, vectors) : vectors;
      Variable narrow = bottleneck == null ? read
          : bottleneck.forward(tape, dropout.forward(tape, read), Activation.GELU);
      return classifier.forward(tape, dropout.forward(tape, narrow));
    }

    /** The length of a vector is the root of its mean square times the root of the number of its features. */
    private Variable unit(Tape tape, Variable vectors) {
      Tensor factor = tape.scope().empty(vectors.value().dtype(), features);
      factor.backend().ops().pointwise().fill(1 / Math.sqrt(features), factor);
      return RmsNorm.apply(tape, vectors, Variable.constant(factor), EPSILON);
    }
  }

  /** The shape of this network. */
  ImageNetworkConfig config() {
    return config;
  }

  /** The part that makes vectors of pictures. */
  VisionTower tower() {
    return tower;
  }

  /** What follows the tower, as a module: its parameters are this network's. */
  Module head() {
    return head;
  }

  /**
   * Logits, {@code [pictures, numLabels]}.
   *
   * @param pixels {@code [pictures, 3, size, size]}
   */
  Variable forward(Tape tape, Tensor pixels) {
    return forwardVectors(tape, vectors(tape, pixels));
  }

  /**
   * The vectors of pictures, {@code [pictures, features]}.
   *
   * @param pixels {@code [pictures, 3, size, size]}
   */
  Variable vectors(Tape tape, Tensor pixels) {
    return tower.forward(tape, pixels);
  }

  /**
   * Logits, {@code [pictures, numLabels]}, from vectors that were made before.
   *
   * @param vectors {@code [pictures, features]}
   */
  Variable forwardVectors(Tape tape, Variable vectors) {
    return tape.inFullPrecision(() -> head.forward(tape, vectors));
  }
}
