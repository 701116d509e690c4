package crema.nn.model.vision;

import java.util.Map;

/** Residual networks (He et al., "Deep residual learning for image recognition", arXiv 1512.03385). */
public record ResNet() implements VisionArchitecture {
  @Override
  public String key() {
    return "resnet";
  }

  @Override
  public ResNetConfig read(Map<String, ?> json) {
    return ResNetConfig.of(json);
  }

  @Override
  public String prefix() {
    return "resnet.";
  }

  @Override
  public String rename(String stored) {
    return stored;
  }
}
