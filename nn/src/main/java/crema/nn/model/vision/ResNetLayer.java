package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.ResNetConfig.LayerType;
import crema.tensor.Rectifier;
import crema.tensor.Window;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some convolutions and what they are added to: the input, or a projection of it where the shape changes. State-dict keys:
 * {@code shortcut}, {@code layer.N}.
 */
final class ResNetLayer extends Module {
  /** Channels of a bottleneck's result for one that its middle has. */
  private static final int REDUCTION = 4;

  private final @Nullable ConvolutionNorm shortcut;
  private final List<ConvolutionNorm> convolutions = new ArrayList<>();

  ResNetLayer(ParameterSource source, ResNetConfig config, int in, int out, int stride) {
    shortcut = in == out && stride == 1 ? null
        : module("shortcut", new ConvolutionNorm(source, in, out, Window.square(1, stride, 0), Rectifier.NONE));
    if (config.layerType() == LayerType.BASIC) {
      add(source, in, out, Window.square(3, stride, 1), Rectifier.RELU);
    } else {
      int inner = Math.max(1, out / REDUCTION);
      boolean early = config.downsampleInBottleneck();
      add(source, in, inner, Window.square(1, early ? stride : 1, 0), Rectifier.RELU);
      add(source, inner, inner, Window.square(3, early ? 1 : stride, 1), Rectifier.RELU);
    }
    Window last = Window.square(config.layerType() == LayerType.BASIC ? 3 : 1, 1,
        config.layerType() == LayerType.BASIC ? 1 : 0);
    add(source, config.layerType() == LayerType.BASIC ? out : Math.max(1, out / REDUCTION), out, last, Rectifier.RELU);
  }

  private void add(ParameterSource source, int in, int out, Window window, Rectifier rectifier) {
    convolutions.add(module("layer." + convolutions.size(), new ConvolutionNorm(source, in, out, window, rectifier)));
  }

  /** {@code [pictures, height / stride, width / stride, out]} from x {@code [pictures, height, width, in]}. */
  Variable forward(Tape tape, Variable x) {
    Variable residual = shortcut == null ? x : shortcut.forward(tape, x);
    Variable y = x;
    for (ConvolutionNorm convolution : convolutions.subList(0, convolutions.size() - 1)) {
      y = convolution.forward(tape, y);
    }
    return convolutions.getLast().forward(tape, y, residual);
  }
}
