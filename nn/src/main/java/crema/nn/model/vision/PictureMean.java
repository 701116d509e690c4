package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.AveragePool;
import crema.autograd.op.Reshape;
import crema.tensor.Shape;
import crema.tensor.Window;
import crema.tensor.Window.Axis;

/** The mean over all pixels of a picture: global average pooling. */
final class PictureMean {
  private PictureMean() {}

  /** {@code [pictures, channels]} from x {@code [pictures, height, width, channels]}. */
  static Variable apply(Tape tape, Variable x) {
    Shape shape = x.shape();
    var whole = new Window(axis(shape.extent(1)), axis(shape.extent(2)));
    return Reshape.apply(tape, AveragePool.apply(tape, x, whole), shape.extent(0), shape.extent(3));
  }

  private static Axis axis(long pixels) {
    return new Axis(Math.toIntExact(pixels), 1, 0, 0);
  }
}
