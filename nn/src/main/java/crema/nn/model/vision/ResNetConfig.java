package crema.nn.model.vision;

import crema.base.Keyed;
import crema.nn.ParameterSource;
import crema.nn.model.ConfigValues;
import crema.tensor.Activation;
import java.util.List;
import java.util.Map;

/**
 * The shape of a ResNet. The names in JSON are Hugging Face's; {@link #toMap} and {@link #of} go there and back. Those of
 * {@link Stem} are Crema's, and absent from a published config.
 *
 * @param channels channels of a picture: {@code num_channels}
 * @param imageSize the height and width of pictures: {@code image_size}
 * @param embeddingSize channels of the first convolution: {@code embedding_size}
 * @param hiddenSizes channels of each stage: {@code hidden_sizes}
 * @param depths layers of each stage: {@code depths}
 * @param layerType what a layer is: {@code layer_type}
 * @param downsampleInFirstStage whether the first stage halves the picture too: {@code downsample_in_first_stage}
 * @param downsampleInBottleneck whether a bottleneck halves the picture in its first convolution rather than its second:
 *     {@code downsample_in_bottleneck}
 * @param stem how the first convolution reads the picture: {@code stem}
 */
public record ResNetConfig(int channels, int imageSize, int embeddingSize, List<Integer> hiddenSizes,
    List<Integer> depths, LayerType layerType, boolean downsampleInFirstStage, boolean downsampleInBottleneck,
    Stem stem) implements VisionTowerConfig {
  private static final int MOST_STAGES = 16;

  /** What a layer is made of. */
  public enum LayerType implements Keyed {
    /** Two convolutions of 3 by 3. */
    BASIC,
    /** A convolution of 3 by 3 on a quarter of the channels, between two of 1 by 1. */
    BOTTLENECK
  }

  /** The first convolution. */
  public enum Stem implements Keyed {
    /** 7 by 7 with stride 2, then the largest of each 3 by 3 with stride 2: for pictures of some 224 pixels. */
    LARGE,
    /** 3 by 3 with stride 2: for pictures of some 64 pixels. */
    MEDIUM,
    /** 3 by 3: for pictures of some 32 pixels. */
    SMALL
  }

  /** Checks the ranges; messages use the names in JSON. */
  public ResNetConfig {
    hiddenSizes = List.copyOf(hiddenSizes);
    depths = List.copyOf(depths);
    ConfigValues.requirePositive("num_channels", channels);
    ConfigValues.requirePositive("image_size", imageSize);
    ConfigValues.requirePositive("embedding_size", embeddingSize);
    if (hiddenSizes.isEmpty() || hiddenSizes.size() > MOST_STAGES || hiddenSizes.size() != depths.size()) {
      throw new IllegalArgumentException("hidden_sizes and depths must have one number for each of 1 to " + MOST_STAGES
          + " stages, not " + hiddenSizes + " and " + depths);
    }
    hiddenSizes.forEach(size -> ConfigValues.requirePositive("hidden_sizes", size));
    depths.forEach(depth -> ConfigValues.requirePositive("depths", depth));
  }

  /**
   * A small network for pictures of 32 to 96 pixels that trains from nothing in minutes: four stages of two basic layers
   * with 16 to 128 channels.
   */
  public static ResNetConfig small(int imageSize) {
    return new ResNetConfig(3, imageSize, 16, List.of(16, 32, 64, 128), List.of(2, 2, 2, 2), LayerType.BASIC, false,
        false, imageSize < 48 ? Stem.SMALL : Stem.MEDIUM);
  }

  /**
   * A config from the values of a JSON object.
   *
   * @throws IllegalArgumentException when a value is of another type, out of range or not computed here; the message
   *     names it
   */
  public static ResNetConfig of(Map<String, ?> json) {
    var values = new ConfigValues(json);
    if (values.activation("hidden_act", "relu") != Activation.RELU) {
      throw new IllegalArgumentException("hidden_act must be relu, not " + values.text("hidden_act"));
    }
    String type = values.text("layer_type");
    String stem = values.text("stem");
    return new ResNetConfig(values.integer("num_channels", 3), values.integer("image_size", 224),
        values.integer("embedding_size", 64), values.integers("hidden_sizes", List.of(256, 512, 1024, 2048)),
        values.integers("depths", List.of(3, 4, 6, 3)),
        type == null ? LayerType.BOTTLENECK : ConfigValues.choice("layer_type", type, List.of(LayerType.values())),
        values.flag("downsample_in_first_stage", false), values.flag("downsample_in_bottleneck", false),
        stem == null ? Stem.LARGE : ConfigValues.choice("stem", stem, List.of(Stem.values())));
  }

  @Override
  public ResNetTower create(ParameterSource source) {
    return new ResNetTower(source, this);
  }

  @Override
  public VisionArchitecture architecture() {
    return new ResNet();
  }

  @Override
  public int features() {
    return hiddenSizes.getLast();
  }

  @Override
  public String describe() {
    return "ResNet of " + depths.stream().mapToInt(Integer::intValue).sum() + " " + layerType.key() + " layers, "
        + hiddenSizes.getFirst() + " to " + features() + " channels";
  }

  @Override
  public void putTo(Map<String, Object> json) {
    json.put("num_channels", channels);
    json.put("image_size", imageSize);
    json.put("embedding_size", embeddingSize);
    json.put("hidden_sizes", hiddenSizes);
    json.put("depths", depths);
    json.put("layer_type", layerType.key());
    json.put("hidden_act", "relu");
    json.put("downsample_in_first_stage", downsampleInFirstStage);
    json.put("downsample_in_bottleneck", downsampleInBottleneck);
    json.put("stem", stem.key());
  }
}
