package crema.family.encoder;

import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.adapter.LoraAdapter;
import crema.nn.adapter.LoraConfig;
import crema.nn.model.TextEncoder;

/** A classifier whose encoder learns by an adapter, as one module: what is trained, checkpointed and closed together. */
final class AdaptedClassifier extends Module {
  private final LoraAdapter adapter;

  AdaptedClassifier(ParameterSource source, Module classifier, TextEncoder encoder, LoraConfig config) {
    inline(classifier);
    adapter = inline(LoraAdapter.create(source, encoder, config));
  }

  /** The adapter of the encoder. */
  LoraAdapter adapter() {
    return adapter;
  }
}
