package crema.nn.model.vision;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The vision transformer (Dosovitskiy et al., "An image is worth 16x16 words", arXiv 2010.11929). */
public record Vit() implements VisionArchitecture {
  @Override
  public String key() {
    return "vit";
  }

  @Override
  public VitConfig read(Map<String, ?> json) {
    return VitConfig.of(json);
  }

  @Override
  public String prefix() {
    return "vit.";
  }

  /** The pooler and a head are no part of the tower. */
  @Override
  public @Nullable String rename(String stored) {
    return stored.startsWith("pooler.") || stored.startsWith("classifier.") ? null : stored;
  }
}
