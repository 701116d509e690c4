package crema.nn.model.vision;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Inverted residuals of depthwise convolutions (Sandler et al., "MobileNetV2", arXiv 1801.04381). */
public record MobileNetV2() implements VisionArchitecture {
  @Override
  public String key() {
    return "mobilenet_v2";
  }

  @Override
  public MobileNetV2Config read(Map<String, ?> json) {
    return MobileNetV2Config.of(json);
  }

  @Override
  public String prefix() {
    return "mobilenet_v2.";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.startsWith("classifier.") ? null : stored;
  }
}
