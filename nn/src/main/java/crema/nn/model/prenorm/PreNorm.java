package crema.nn.model.prenorm;

import crema.nn.Weights;
import crema.nn.model.Architecture;
import crema.nn.model.PublishedEncoder;
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

  /** As EuroBERT, which has no dropout of embeddings and drops no branches; both matter in training alone. */
  @Override
  public PublishedEncoder published(TextEncoderConfig config, Weights weights) {
    PreNormConfig own = PreNormConfig.of(config.toMap());
    return new PublishedEncoder(own.asEuroBert(), new FoldedWeights(weights, own));
  }

  @Override
  public TextEncoderConfig read(Map<String, ?> json) {
    return PreNormConfig.of(json);
  }
}
