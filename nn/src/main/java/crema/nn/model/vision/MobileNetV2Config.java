package crema.nn.model.vision;

import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import crema.tensor.Rectifier;
import java.util.Map;

/**
 * The shape of a {@link MobileNetV2}. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and
 * back.
 *
 * @param channels channels of a picture: {@code num_channels}
 * @param imageSize the height and width of pictures: {@code image_size}
 * @param depthMultiplier what all numbers of channels are multiplied with: {@code depth_multiplier}
 * @param depthDivisor what they are rounded to multiples of: {@code depth_divisible_by}
 * @param minDepth the fewest channels: {@code min_depth}
 * @param expandRatio channels inside a layer for one of its input: {@code expand_ratio}
 * @param firstLayerIsExpansion whether the first convolution stands for the expansion of the first layer: {@code
 *     first_layer_is_expansion}
 * @param finegrainedOutput whether a multiplier below 1 leaves the last convolution as it is: {@code finegrained_output}
 * @param rectifier what follows the norms: {@code hidden_act}
 * @param tfPadding whether pictures are padded as TensorFlow does, unevenly: {@code tf_padding}
 * @param normEps added to variances: {@code layer_norm_eps}
 */
public record MobileNetV2Config(int channels, int imageSize, double depthMultiplier, int depthDivisor, int minDepth,
    double expandRatio, boolean firstLayerIsExpansion, boolean finegrainedOutput, Rectifier rectifier,
    boolean tfPadding, double normEps) implements VisionTowerConfig {
  private static final int LAST_CHANNELS = 1280;
  private static final double LARGEST_MULTIPLIER = 16;

  /** Checks the ranges; messages use the names in JSON. */
  public MobileNetV2Config {
    ConfigValues.requirePositive("num_channels", channels);
    ConfigValues.requirePositive("image_size", imageSize);
    ConfigValues.requirePositive("depth_multiplier", depthMultiplier);
    ConfigValues.requirePositive("depth_divisible_by", depthDivisor);
    ConfigValues.requirePositive("min_depth", minDepth);
    ConfigValues.requirePositive("expand_ratio", expandRatio);
    ConfigValues.requirePositive("layer_norm_eps", normEps);
    if (depthMultiplier > LARGEST_MULTIPLIER || expandRatio > LARGEST_MULTIPLIER) {
      throw new IllegalArgumentException("depth_multiplier and expand_ratio must be at most " + (int) LARGEST_MULTIPLIER
          + ", not " + depthMultiplier + " and " + expandRatio);
    }
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static MobileNetV2Config of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    values.requireOnly("output_stride", 32);
    String activation = values.text("hidden_act");
    Rectifier rectifier = switch (activation == null ? "relu6" : activation) {
      case "relu6" -> Rectifier.RELU6;
      case "relu" -> Rectifier.RELU;
      default -> throw new IllegalArgumentException("hidden_act must be relu6 or relu, not " + activation);
    };
    return new MobileNetV2Config(values.integer("num_channels", 3), values.integer("image_size", 224),
        values.number("depth_multiplier", 1), values.integer("depth_divisible_by", 8), values.integer("min_depth", 8),
        values.number("expand_ratio", 6), values.flag("first_layer_is_expansion", true),
        values.flag("finegrained_output", true), rectifier, values.flag("tf_padding", true),
        values.number("layer_norm_eps", 0.001));
  }

  /** A number of channels, multiplied, and rounded to a multiple of the divisor that is no more than a tenth below. */
  int channels(int original) {
    return rounded(Math.rint(original * depthMultiplier));
  }

  /** The channels inside a layer. */
  int expanded(int in) {
    return rounded(Math.rint(in * expandRatio));
  }

  private int rounded(double number) {
    int nearest = Math.max(minDepth, (int) (number + depthDivisor / 2.0) / depthDivisor * depthDivisor);
    return nearest < 0.9 * number ? nearest + depthDivisor : nearest;
  }

  @Override
  public VisionTower create(ParameterSource source) {
    return new MobileNetV2Tower(source, this);
  }

  @Override
  public VisionArchitecture architecture() {
    return new MobileNetV2();
  }

  @Override
  public int features() {
    return finegrainedOutput && depthMultiplier < 1 ? LAST_CHANNELS : channels(LAST_CHANNELS);
  }

  @Override
  public String describe() {
    return "MobileNetV2 of width " + depthMultiplier;
  }

  @Override
  public void putTo(Map<String, Object> json) {
    json.put("num_channels", channels);
    json.put("image_size", imageSize);
    json.put("depth_multiplier", depthMultiplier);
    json.put("depth_divisible_by", depthDivisor);
    json.put("min_depth", minDepth);
    json.put("expand_ratio", expandRatio);
    json.put("first_layer_is_expansion", firstLayerIsExpansion);
    json.put("finegrained_output", finegrainedOutput);
    json.put("hidden_act", rectifier == Rectifier.RELU6 ? "relu6" : "relu");
    json.put("tf_padding", tfPadding);
    json.put("layer_norm_eps", normEps);
  }
}
