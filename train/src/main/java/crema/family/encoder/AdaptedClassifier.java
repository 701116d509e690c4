package crema.family.encoder;

import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.adapter.LoraAdapter;
import crema.nn.adapter.LoraConfig;
import crema.nn.model.TextClassifier;

/** A classifier whose encoder learns by an adapter, as one module: what is trained, checkpointed and closed together. */
final class AdaptedClassifier extends Module {
  private final LoraAdapter adapter;

  AdaptedClassifier(ParameterSource source, TextClassifier classifier, LoraConfig config) {
    inline(classifier);
    adapter = inline(LoraAdapter.create(source, classifier.encoder(), config));
  }

  /** The adapter of the encoder. */
  LoraAdapter adapter() {
    return adapter;
  }
}
