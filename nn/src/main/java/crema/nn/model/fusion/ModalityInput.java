package crema.nn.model.fusion;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.DType;
import crema.tensor.Tensor;
import java.util.Arrays;

/**
 * Takes the vectors of one modality to the width of the fusion: LayerNorm, linear. A row without this modality has a
 * learnt vector in its place. State-dict keys: {@code norm}, {@code projection}, {@code absent} {@code [width, 1]}.
 */
final class ModalityInput extends Module {
  private final int width;
  private final LayerNorm norm;
  private final Linear projection;
  private final Variable absent;

  ModalityInput(ParameterSource source, int features, int width, float epsilon) {
    this.width = width;
    norm = module("norm", new LayerNorm(source, features, epsilon));
    projection = module("projection", new Linear(source, features, width));
    absent = parameter("absent", source.create(new Initializer.Normal(1 / Math.sqrt(width)), width, 1));
  }

  Linear projection() {
    return projection;
  }

  /**
   * {@code [rows, width]}.
   *
   * @param x {@code [rows, features]}; rows that are not present are not read, but must be finite
   */
  Variable forward(Tape tape, Variable x, boolean[] present) {
    Variable projected = projection.forward(tape, norm.forward(tape, x));
    int missing = 0;
    for (boolean each : present) {
      missing += each ? 0 : 1;
    }
    if (missing == 0) {
      return projected;
    }
    var kept = new float[present.length * width];
    var lacking = new float[present.length];
    for (int row = 0; row < present.length; row++) {
      Arrays.fill(kept, row * width, (row + 1) * width, present[row] ? 1 : 0);
      lacking[row] = present[row] ? 0 : 1;
    }
    Variable mask = constant(tape, projected.value().dtype(), kept, present.length, width);
    Variable places = constant(tape, projected.value().dtype(), lacking, present.length, 1);
    Variable learnt = crema.autograd.op.Linear.apply(tape, places, absent, null, Activation.IDENTITY);
    return Binary.add(tape, Binary.multiply(tape, projected, mask), learnt);
  }

  private static Variable constant(Tape tape, DType type, float[] values, long rows, long columns) {
    Tensor narrow = tape.scope().floats(values, rows, columns);
    if (type == narrow.dtype()) {
      return Variable.constant(narrow);
    }
    Tensor other = tape.scope().empty(type, rows, columns);
    tape.ops().pointwise().copy(narrow, other);
    return Variable.constant(other);
  }
}
