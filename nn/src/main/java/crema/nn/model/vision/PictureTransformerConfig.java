package crema.nn.model.vision;

import crema.nn.model.ConfigValues;
import java.util.Map;

/** What shapes of vision transformers have in common: pictures of one size, cut into patches, and a stack of layers. */
abstract sealed class PictureTransformerConfig implements VisionTowerConfig permits VitConfig, ClipVisionConfig {
  private final int channels;
  private final int imageSize;
  private final int patchSize;
  private final TransformerShape shape;

  /**
   * Reads the pictures' part.
   *
   * @param usualPatchSize the patch size where the values name none
   */
  PictureTransformerConfig(ConfigValues values, int usualPatchSize, TransformerShape shape) {
    channels = values.integer("num_channels", 3);
    imageSize = values.integer("image_size", 224);
    patchSize = values.integer("patch_size", usualPatchSize);
    this.shape = shape;
    ConfigValues.requirePositive("num_channels", channels);
    ConfigValues.requirePositive("image_size", imageSize);
    ConfigValues.requirePositive("patch_size", patchSize);
    PictureTransformer.tokens(imageSize, patchSize);
  }

  /** What people call the architecture. */
  abstract String title();

  /** Puts the pictures' part. */
  final void putPictures(Map<String, Object> json) {
    json.put("image_size", imageSize);
    json.put("patch_size", patchSize);
    json.put("num_channels", channels);
  }

  @Override
  public final int imageSize() {
    return imageSize;
  }

  @Override
  public final int channels() {
    return channels;
  }

  final int patchSize() {
    return patchSize;
  }

  final TransformerShape shape() {
    return shape;
  }

  @Override
  public final void requireSize(int height, int width) {
    PictureTransformer.requireSize("this " + title(), imageSize, height, width);
  }

  @Override
  public final String describe() {
    return title() + " of " + shape.describe() + ", patches of " + patchSize;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof PictureTransformerConfig config && toMap().equals(config.toMap());
  }

  @Override
  public final int hashCode() {
    return toMap().hashCode();
  }

  @Override
  public final String toString() {
    return toMap().toString();
  }
}
