package crema.nn.model.vision;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's tower for pictures with its projection (Radford et al., "Learning transferable visual models from natural
 * language supervision", arXiv 2103.00020). {@link ClipModel} is both towers.
 */
public record Clip() implements VisionArchitecture {
  @Override
  public String key() {
    return "clip";
  }

  @Override
  public ClipVisionConfig read(Map<String, ?> json) {
    return ClipConfig.of(json).vision();
  }

  /** Both towers have their prefixes in any state dict. */
  @Override
  public String prefix() {
    return "";
  }

  @Override
  public @Nullable String rename(String stored) {
    return stored.startsWith("vision_model.") || stored.startsWith("visual_projection.") ? stored : null;
  }
}
