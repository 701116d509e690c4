package crema.nn;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Window;
import org.jspecify.annotations.Nullable;

/**
 * Convolution of pictures whose channels are last. State-dict keys: {@code weight} {@code [out, in / groups, height,
 * width]} and, if there is one, {@code bias} {@code [out]}.
 */
public final class Convolution extends Module {
  private final Variable weight;
  private final @Nullable Variable bias;
  private final Window window;
  private final int groups;

  /**
   * A layer without a bias, whose weight starts with normal numbers of variance 2 / (window area · out / groups): what
   * keeps the size of gradients through rectifiers (He et al., arXiv 1502.01852, equation 14).
   *
   * @param groups parts that the channels are cut into, each of which reads only itself
   */
  public Convolution(ParameterSource source, int in, int out, Window window, int groups) {
    this(source, in, out, window, groups, new Initializer.Normal(Math.sqrt(2.0 * groups / window.area() / out)), null);
  }

  /**
   * A layer whose initial values the caller chooses.
   *
   * @param groups parts that the channels are cut into, each of which reads only itself
   * @param biasInitializer null for a layer without a bias
   */
  public Convolution(ParameterSource source, int in, int out, Window window, int groups, Initializer weightInitializer,
      @Nullable Initializer biasInitializer) {
    this.window = window;
    this.groups = groups;
    weight = parameter("weight", source.create(weightInitializer, out, in / groups, window.vertical().size(),
        window.horizontal().size()));
    bias = biasInitializer == null ? null : parameter("bias", source.create(biasInitializer, out));
  }

  /** {@code [pictures, vertical outputs, horizontal outputs, out]} from x {@code [pictures, height, width, in]}. */
  public Variable forward(Tape tape, Variable x) {
    return forward(tape, x, window);
  }

  /** {@link #forward(Tape, Variable)} with other padding, or another stride. */
  public Variable forward(Tape tape, Variable x, Window other) {
    return crema.autograd.op.Convolution.apply(tape, x, weight, bias, other, groups);
  }
}
