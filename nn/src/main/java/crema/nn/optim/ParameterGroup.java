package crema.nn.optim;

import crema.autograd.Variable;
import crema.nn.Module;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that an optimizer treats alike.
 *
 * @param parameters by name
 * @param weightDecay the decoupled decay
 * @param learningRateScale a factor on the learning rate of the step
 */
public record ParameterGroup(Map<String, Variable> parameters, double weightDecay, double learningRateScale) {
  /** Checks the ranges and copies the map. */
  public ParameterGroup {
    if (!(weightDecay >= 0) || !(learningRateScale >= 0)) {
      throw new IllegalArgumentException("weight decay " + weightDecay + " and learning rate scale " + learningRateScale
          + " must not be negative");
    }
    parameters = new LinkedHashMap<>(parameters);
  }

  /**
   * The usual two groups of a module: parameters of two dimensions and more (weights of linear layers, embedding
   * tables) decay; those of one (biases, weights of norms, γ of LayerScale) do not.
   */
  public static List<ParameterGroup> decayingMatrices(Module module, double weightDecay) {
    var matrices = new LinkedHashMap<String, Variable>();
    var vectors = new LinkedHashMap<String, Variable>();
    module.parameters()
        .forEach((name, parameter) -> (parameter.shape().rank() >= 2 ? matrices : vectors).put(name, parameter));
    return List.of(new ParameterGroup(matrices, weightDecay, 1), new ParameterGroup(vectors, 0, 1));
  }
}
