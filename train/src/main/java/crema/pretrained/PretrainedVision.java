package crema.pretrained;

import crema.base.Sha256;
import crema.base.UserError;
import crema.base.json.JsonNode;
import crema.data.image.PicturePreparation;
import crema.data.image.PicturePreparation.Channels;
import crema.data.image.PicturePreparation.Fit;
import crema.data.image.ResizeFilter;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.io.StoredWeights;
import crema.nn.io.WeightFormat;
import crema.nn.model.vision.VisionArchitecture;
import crema.nn.model.vision.VisionTower;
import crema.nn.model.vision.VisionTowerConfig;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A pretrained vision tower in a folder of Hugging Face's layout: the config, how pictures are prepared for it, and the
 * weights, which are mapped and not read before they are copied.
 */
public final class PretrainedVision implements AutoCloseable {
  private static final String PREPROCESSOR = "preprocessor_config.json";
  /** The numbers of Pillow's filters, as {@code resample} has them. */
  private static final int BILINEAR = 2;

  private final Path folder;
  private final StoredWeights stored;
  private final VisionTowerConfig config;
  private final PicturePreparation preparation;

  private PretrainedVision(Path folder, StoredWeights stored, VisionTowerConfig config,
      PicturePreparation preparation) {
    this.folder = folder;
    this.stored = stored;
    this.config = config;
    this.preparation = preparation;
  }

  /**
   * Opens a model.
   *
   * @param folder with {@code config.json}, {@code preprocessor_config.json} if there is one, and weights
   * @throws UserError when a file is missing, damaged, or of an architecture that is not known; one line says which, and
   *     what is wrong
   */
  public static PretrainedVision open(Path folder) throws IOException {
    Path file = folder.resolve(PretrainedFolder.CONFIG);
    if (!Files.isDirectory(folder) || !Files.exists(file)) {
      throw new UserError(folder + (Files.isDirectory(folder) ? " has no " + PretrainedFolder.CONFIG
          + ", which says what the model is" : " is not the folder of a pretrained vision model"));
    }
    StoredWeights stored;
    try {
      stored = StoredWeights.open(folder);
    } catch (InvalidWeightsException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    try {
      var json = new LinkedHashMap<String, Object>();
      JsonFile.read(file).forEach((key, value) -> {
        if (value != null) {
          json.put(key, value);
        }
      });
      VisionTowerConfig config = VisionArchitecture.ofModel(json).read(json);
      return new PretrainedVision(folder, stored, config, preparation(folder, config));
    } catch (IllegalArgumentException e) {
      stored.close();
      throw new UserError(file + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      stored.close();
      throw e;
    }
  }

  /** What the image processor of the folder does; where it does not say, what the processor of ViT does. */
  private static PicturePreparation preparation(Path folder, VisionTowerConfig config) throws IOException {
    Optional<JsonNode> read = ConfigFile.read(folder.resolve(PREPROCESSOR));
    int size = config.imageSize();
    if (read.isEmpty()) {
      return PicturePreparation.ofSize(size);
    }
    JsonNode json = read.get();
    try {
      JsonNode wanted = json.path("size");
      boolean isShorter = wanted.isObject() && wanted.path("shortest_edge").isNumber();
      // Older files have the number alone.
      int resized = isShorter ? wanted.path("shortest_edge").asInt(size)
          : wanted.isObject() ? wanted.path("height").asInt(size) : wanted.asInt(size);
      boolean isCut = json.path("do_center_crop").asBoolean();
      JsonNode crop = json.path("crop_size");
      int cut = !isCut ? size : crop.isObject() ? crop.path("height").asInt(size) : crop.asInt(size);
      boolean isStretched = !isShorter && !isCut;
      return new PicturePreparation(isStretched ? Fit.STRETCH : Fit.SHORTER_SIDE, resized, cut,
          json.path("resample").asInt(BILINEAR) == BILINEAR ? ResizeFilter.BILINEAR : ResizeFilter.BICUBIC,
          channels(json, "image_mean"), channels(json, "image_std"));
    } catch (IllegalArgumentException e) {
      throw new UserError(folder.resolve(PREPROCESSOR) + ": " + e.getMessage(), e);
    }
  }

  private static Channels channels(JsonNode json, String key) {
    JsonNode list = json.path(key);
    float[] values = new float[3];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = list.isArray() && i < list.size() ? list.get(i) : null;
      if (value == null || !value.isNumber()) {
        throw new IllegalArgumentException(key + " must be three numbers, not " + list);
      }
      values[i] = (float) value.asDouble(0);
    }
    return new Channels(values[0], values[1], values[2]);
  }

  /** The shape of the tower. */
  public VisionTowerConfig config() {
    return config;
  }

  /** How pictures are prepared for it. */
  public PicturePreparation preparation() {
    return preparation;
  }

  /**
   * Copies the weights to a tower of this shape.
   *
   * @return what was loaded, in a line for people
   * @throws UserError when some are missing or do not fit
   */
  public String load(VisionTower tower) {
    try {
      Weights.Intersection loaded = tower.loadIntersecting(config.architecture().canonical(stored));
      if (!loaded.missing().isEmpty()) {
        throw new UserError(folder + " lacks weights of the tower: " + loaded.missing().getFirst()
            + (loaded.missing().size() > 1 ? " and " + (loaded.missing().size() - 1) + " more" : "")
            + "; are config.json and weights of one model?");
      }
      return folder + ": " + loaded.report();
    } catch (InvalidWeightsException e) {
      throw new UserError(folder + ": " + e.getMessage(), e);
    }
  }

  /** The SHA-256 of the weights, the config and the preparation, which tells the model from others. */
  public String fingerprint() throws IOException {
    var hash = new Sha256();
    try (var in = Files.newInputStream(WeightFormat.locate(folder))) {
      hash.add(in);
    }
    return hash.add(config.toMap().toString()).add(preparation.toString()).hex();
  }

  @Override
  public void close() {
    stored.close();
  }
}
