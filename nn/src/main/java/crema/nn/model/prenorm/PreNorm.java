package crema.nn.model.prenorm;

import crema.nn.model.Architecture;
import crema.nn.model.TextEncoderConfig;
import java.util.Map;

/** Pre-norm blocks with rotary positions: the architecture of Crema's own encoder. */
public record PreNorm() implements Architecture {
  @Override
  public String key() {
    return DEFAULT;
  }

  @Override
  public String className() {
    return "CremaEncoder";
  }

  @Override
  public String prefix() {
    return "backbone.";
  }

  @Override
  public TextEncoderConfig read(Map<String, ?> json) {
    return PreNormConfig.of(json);
  }
}
