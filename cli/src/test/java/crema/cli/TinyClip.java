package crema.cli;

import crema.base.json.JsonValues;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.vision.ClipConfig;
import crema.nn.model.vision.ClipModel;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small pretrained model of pictures, for tests of commands. */
final class TinyClip {
  private TinyClip() {}

  /** Writes a CLIP of random numbers, in Hugging Face's layout, without a tokenizer. */
  static Path write(Path folder) throws IOException {
    Path place = Files.createDirectories(folder.resolve("clip"));
    Map<String, Object> part = Map.of("hidden_size", 16, "intermediate_size", 32, "num_hidden_layers", 1,
        "num_attention_heads", 2, "image_size", 16, "patch_size", 8, "vocab_size", 300, "max_position_embeddings", 12);
    Map<String, Object> json =
        Map.of("model_type", "clip", "projection_dim", 12, "vision_config", part, "text_config", part);
    Files.writeString(place.resolve("config.json"), JsonValues.toJson(json).toPrettyString());
    Files.writeString(place.resolve("preprocessor_config.json"), JsonValues.toJson(Map.of("do_center_crop", true,
        "crop_size", 16, "size", Map.of("shortest_edge", 16), "resample", 3, "image_mean", List.of(0.5, 0.5, 0.5),
        "image_std", List.of(0.25, 0.25, 0.25))).toPrettyString());
    try (Backend backend = Backend.open(Device.CPU, new BackendOptions(1));
        var model = new ClipModel(ParameterSource.random(backend, 1), ClipConfig.of(json))) {
      SafetensorsWriter.write(place.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    return place;
  }
}
