package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.MaxPool;
import crema.autograd.op.Transpose;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.model.vision.ResNetConfig.Stem;
import crema.tensor.Rectifier;
import crema.tensor.Window;
import java.util.ArrayList;
import java.util.List;

/**
 * The tower of a {@link ResNet}: a first convolution, stages of residual layers, and the mean over what is left of the
 * picture. State-dict keys: {@code embedder.embedder}, {@code encoder.stages.N.layers.N}.
 */
public final class ResNetTower extends VisionTower {
  private final ResNetConfig config;
  private final ConvolutionNorm embedder;
  private final List<ResNetLayer> layers = new ArrayList<>();

  /** A tower whose parameters come from a source. */
  public ResNetTower(ParameterSource source, ResNetConfig config) {
    this.config = config;
    Window first = switch (config.stem()) {
      case LARGE -> Window.square(7, 2, 3);
      case MEDIUM -> Window.square(3, 2, 1);
      case SMALL -> Window.square(3, 1, 1);
    };
    embedder = module("embedder.embedder",
        new ConvolutionNorm(source, config.channels(), config.embeddingSize(), first, Rectifier.RELU));
    int in = config.embeddingSize();
    for (int stage = 0; stage < config.depths().size(); stage++) {
      int out = config.hiddenSizes().get(stage);
      for (int i = 0; i < config.depths().get(stage); i++) {
        int stride = i > 0 || stage == 0 && !config.downsampleInFirstStage() ? 1 : 2;
        layers.add(module("encoder.stages." + stage + ".layers." + i,
            new ResNetLayer(source, config, in, out, stride)));
        in = out;
      }
    }
  }

  @Override
  public ResNetConfig config() {
    return config;
  }

  @Override
  public List<Module> stages() {
    var stages = new ArrayList<Module>();
    stages.add(embedder);
    stages.addAll(layers);
    return stages;
  }

  @Override
  protected Variable vectors(Tape tape, Variable pixels) {
    Variable x = tape.region(() -> {
      Variable first = embedder.forward(tape, Transpose.channelsLast(tape, pixels));
      return config.stem() == Stem.LARGE ? MaxPool.apply(tape, first, Window.square(3, 2, 1)) : first;
    });
    for (ResNetLayer layer : layers) {
      Variable input = x;
      x = tape.region(() -> layer.forward(tape, input));
    }
    return PictureMean.apply(tape, x);
  }
}
