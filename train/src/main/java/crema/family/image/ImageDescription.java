package crema.family.image;

import crema.base.Keyed;
import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.data.image.PicturePreparation;
import crema.data.image.PicturePreparation.Channels;
import crema.data.image.ResizeFilter;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says: the network, and how pictures are prepared for it.
 *
 * @param network the shape of tower and head
 * @param preparation of pictures
 */
record ImageDescription(ImageNetworkConfig network, PicturePreparation preparation) {
  private static final String PICTURES = "pictures";
  private static final String FIT = "fit";
  private static final String RESIZED = "resized";
  private static final String SIZE = "size";
  private static final String FILTER = "filter";
  private static final String MEAN = "image_mean";
  private static final String DEVIATION = "image_std";

  /** Writes the config, which makes the directory a whole model. */
  void write(ModelDirectory directory) throws IOException {
    var pictures = new LinkedHashMap<String, Object>();
    pictures.put(FIT, preparation.fit().key());
    pictures.put(RESIZED, preparation.resized());
    pictures.put(SIZE, preparation.size());
    pictures.put(FILTER, preparation.filter().key());
    pictures.put(MEAN, numbers(preparation.mean()));
    pictures.put(DEVIATION, numbers(preparation.deviation()));
    var json = new LinkedHashMap<String, @Nullable Object>(network.toMap());
    json.put(PICTURES, pictures);
    ModelConfig.of(new ImageFamily(), json).write(directory);
  }

  private static List<Float> numbers(Channels channels) {
    return List.of(channels.red(), channels.green(), channels.blue());
  }

  /**
   * Reads a model's config.
   *
   * @throws UserError when there is none, or it is damaged or of a newer version
   */
  static ImageDescription read(ModelSource model) throws IOException {
    Map<String, @Nullable Object> json = ModelConfig.read(model).values();
    try {
      if (!(json.get(PICTURES) instanceof Map<?, ?> pictures)) {
        throw new IllegalArgumentException("it does not say how pictures are prepared");
      }
      return new ImageDescription(ImageNetworkConfig.of(json),
          new PicturePreparation(Keyed.find(PicturePreparation.Fit.class, String.valueOf(pictures.get(FIT)), FIT),
              whole(pictures, RESIZED), whole(pictures, SIZE),
              Keyed.find(ResizeFilter.class, String.valueOf(pictures.get(FILTER)), FILTER),
              channels(pictures, MEAN), channels(pictures, DEVIATION)));
    } catch (IllegalArgumentException e) {
      throw new UserError(model.name() + "/" + ModelSource.CONFIG + ": " + e.getMessage(), e);
    }
  }

  private static int whole(Map<?, ?> json, String key) {
    if (json.get(key) instanceof Integer number) {
      return number;
    }
    throw new IllegalArgumentException(key + " must be a whole number, not " + json.get(key));
  }

  private static Channels channels(Map<?, ?> json, String key) {
    if (json.get(key) instanceof List<?> list && list.size() == 3 && list.stream().allMatch(Number.class::isInstance)) {
      float[] values = new float[3];
      for (int i = 0; i < values.length; i++) {
        values[i] = ((Number) list.get(i)).floatValue();
      }
      return new Channels(values[0], values[1], values[2]);
    }
    throw new IllegalArgumentException(key + " must be three numbers, not " + json.get(key));
  }
}
