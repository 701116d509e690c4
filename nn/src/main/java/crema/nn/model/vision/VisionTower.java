package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.tensor.Tensor;
import java.util.List;

/**
 * Makes a vector of a picture: the part of a model of pictures that architectures differ in; its state-dict keys are
 * Hugging Face's. A picture's vector has the same bits alone and in any batch, unless the tower is being trained.
 */
public abstract class VisionTower extends Module {
  /** A tower whose constructor registers its parts. */
  protected VisionTower() {}

  /** The shape of this tower. */
  public abstract VisionTowerConfig config();

  /** The parts from the input to the output, as they are thawed in stages: the last ones first. */
  public abstract List<Module> stages();

  /** The vectors of pictures that were checked. */
  protected abstract Variable vectors(Tape tape, Variable pixels);

  /** The number of features of a vector. */
  public final int features() {
    return config().features();
  }

  /**
   * One vector a picture, {@code [pictures, features]}.
   *
   * @param pixels {@code [pictures, 3, height, width]}: red, green and blue, prepared as the model asks for
   * @throws IllegalArgumentException when pictures have another size or number of channels than the tower takes
   */
  public final Variable forward(Tape tape, Tensor pixels) {
    if (pixels.shape().rank() != 4 || pixels.shape().extent(1) != config().channels()) {
      throw new IllegalArgumentException("pixels " + pixels.shape() + " are not [pictures, " + config().channels()
          + ", height, width]");
    }
    config().requireSize(Math.toIntExact(pixels.shape().extent(2)), Math.toIntExact(pixels.shape().extent(3)));
    return tape.region(() -> vectors(tape, Variable.constant(pixels)));
  }
}
