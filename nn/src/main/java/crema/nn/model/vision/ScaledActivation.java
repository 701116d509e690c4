package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Activate;
import crema.autograd.op.Scale;
import crema.nn.Linear;
import crema.nn.model.ConfigValues;
import crema.tensor.Activation;

/**
 * The activation of a feed-forward part, f(gain · x) / gain. With a gain of 1.702 and SiLU it is what Hugging Face calls
 * {@code quick_gelu}, x · sigmoid(1.702 x) (Hendrycks and Gimpel, arXiv 1606.08415, section 2).
 *
 * @param function f
 * @param gain what x is multiplied with; 1 for f itself
 */
record ScaledActivation(Activation function, double gain) {
  private static final String QUICK_GELU = "quick_gelu";
  private static final double QUICK_GELU_GAIN = 1.702;

  /** The activation that Hugging Face's name means; complains of one that there is not. */
  static ScaledActivation of(ConfigValues values, String key, String otherwise) {
    String name = values.text(key);
    if (QUICK_GELU.equals(name == null ? otherwise : name)) {
      return new ScaledActivation(Activation.SILU, QUICK_GELU_GAIN);
    }
    return new ScaledActivation(values.activation(key, otherwise), 1);
  }

  /** Hugging Face's name. */
  String key() {
    return gain == 1 ? ConfigValues.name(function) : QUICK_GELU;
  }

  /** The activation of a layer's product. */
  Variable forward(Tape tape, Linear layer, Variable x) {
    if (gain == 1) {
      return layer.forward(tape, x, function);
    }
    Variable scaled = Scale.apply(tape, layer.forward(tape, x), gain);
    return Scale.apply(tape, Activate.apply(tape, function, scaled), 1 / gain);
  }
}
