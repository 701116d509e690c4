package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Binary;
import crema.autograd.op.Transpose;
import crema.nn.BatchNorm;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Rectifier;
import crema.tensor.Shape;
import crema.tensor.Window;
import crema.tensor.Window.Axis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tower of a {@link MobileNetV2}: a stem, 16 layers, a last convolution, and the mean over what is left of the
 * picture. State-dict keys: {@code conv_stem}, {@code layer.N}, {@code conv_1x1}.
 */
final class MobileNetV2Tower extends VisionTower {
  /** Channels before and after each layer, for a multiplier of 1 (arXiv 1801.04381, table 2). */
  private static final List<Integer> CHANNELS =
      List.of(16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320);

  private static final List<Integer> STRIDES = List.of(2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1);
  private static final int STEM_CHANNELS = 32;

  private final MobileNetV2Config config;
  private final Step first;
  private final Block stem;
  private final List<Block> layers = new ArrayList<>();
  private final Step last;

  /** A convolution with its norm, padded as the config says. */
  private static final class Step extends Module {
    private final ConvolutionNorm convolution;
    private final int size;
    private final int stride;
    private final boolean tfPadding;

    Step(ParameterSource source, MobileNetV2Config config, int in, int out, int size, int stride, int groups,
        Rectifier rectifier) {
      this.size = size;
      this.stride = stride;
      tfPadding = config.tfPadding();
      // Hugging Face has 0.997 as the momentum, which is the part that TensorFlow keeps: of running statistics next to
      // nothing would be left after a batch.
      convolution = inline(new ConvolutionNorm(source, in, out, Window.square(size, stride, size / 2), groups,
          BatchNorm.MOMENTUM, config.normEps(), rectifier));
    }

    Variable forward(Tape tape, Variable x) {
      if (!tfPadding) {
        return convolution.forward(tape, x);
      }
      Shape shape = x.shape();
      var window = new Window(Axis.same(size, stride, Math.toIntExact(shape.extent(1))),
          Axis.same(size, stride, Math.toIntExact(shape.extent(2))));
      return convolution.forward(tape, x, window, null);
    }
  }

  /** An expansion, if there is one, a depthwise convolution and a reduction. */
  private static final class Block extends Module {
    private final @Nullable Step expand;
    private final Step depthwise;
    private final Step reduce;
    private final boolean residual;

    /** How a block begins and ends. */
    enum Kind {
      /** The stem behind a first convolution that stands for the expansion. */
      STEM,
      /** The stem behind one that does not. */
      EXPANDING_STEM,
      /** A layer, to whose result its input is added where both have one shape. */
      LAYER
    }

    Block(ParameterSource source, MobileNetV2Config config, int in, int inner, int out, int stride, Kind kind) {
      residual = kind == Kind.LAYER && stride == 1 && in == out;
      expand = kind != Kind.STEM
          ? module("expand_1x1", new Step(source, config, in, inner, 1, 1, 1, config.rectifier())) : null;
      depthwise = module("conv_3x3", new Step(source, config, inner, inner, 3, stride, inner, config.rectifier()));
      reduce = module("reduce_1x1", new Step(source, config, inner, out, 1, 1, 1, Rectifier.NONE));
    }

    Variable forward(Tape tape, Variable x) {
      Variable inner = expand == null ? x : expand.forward(tape, x);
      Variable y = reduce.forward(tape, depthwise.forward(tape, inner));
      return residual ? Binary.add(tape, x, y) : y;
    }
  }

  MobileNetV2Tower(ParameterSource source, MobileNetV2Config config) {
    this.config = config;
    int inner = config.channels(STEM_CHANNELS);
    int in = config.channels(CHANNELS.getFirst());
    first = module("conv_stem.first_conv",
        new Step(source, config, config.channels(), inner, 3, 2, 1, config.rectifier()));
    stem = module("conv_stem", new Block(source, config, inner, inner, in, 1,
        config.firstLayerIsExpansion() ? Block.Kind.STEM : Block.Kind.EXPANDING_STEM));
    for (int i = 0; i < STRIDES.size(); i++) {
      int out = config.channels(CHANNELS.get(i + 1));
      layers.add(module("layer." + i,
          new Block(source, config, in, config.expanded(in), out, STRIDES.get(i), Block.Kind.LAYER)));
      in = out;
    }
    last = module("conv_1x1", new Step(source, config, in, config.features(), 1, 1, 1, config.rectifier()));
  }

  @Override
  public MobileNetV2Config config() {
    return config;
  }

  @Override
  public List<Module> stages() {
    var stages = new ArrayList<Module>(List.of(first, stem));
    stages.addAll(layers);
    stages.add(last);
    return stages;
  }

  @Override
  protected Variable vectors(Tape tape, Variable pixels) {
    Variable x = tape.region(() -> stem.forward(tape, first.forward(tape, Transpose.channelsLast(tape, pixels))));
    for (Block layer : layers) {
      Variable input = x;
      x = tape.region(() -> layer.forward(tape, input));
    }
    Variable input = x;
    return tape.region(() -> PictureMean.apply(tape, last.forward(tape, input)));
  }
}
