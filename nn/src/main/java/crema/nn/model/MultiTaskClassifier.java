package crema.nn.model;

import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Several classifiers that share one encoder (Caruana, "Multitask learning", Machine Learning 28, 1997). State-dict keys:
 * {@code backbone}, and {@code tasks.<name>} for each head.
 */
public final class MultiTaskClassifier extends Module {
  private static final String TASKS = "tasks.";

  private final TextEncoder encoder;
  private final Map<String, TextClassifier> tasks = new LinkedHashMap<>();

  /**
   * Classifiers whose parameters come from the source.
   *
   * @param config of the encoder
   * @param heads the config of each task's classifier, whose encoder is that one, by names without dots
   */
  public MultiTaskClassifier(ParameterSource source, TextEncoderConfig config,
      Map<String, TextClassifierConfig> heads) {
    encoder = module("backbone", config.create(source));
    heads.forEach((name, head) -> {
      if (!head.encoder().equals(config)) {
        throw new IllegalArgumentException("the task " + name + " has another encoder");
      }
      tasks.put(name, module(TASKS + name, new TextClassifier(source, head, encoder)));
    });
  }

  /** What all tasks share. */
  public TextEncoder encoder() {
    return encoder;
  }

  /** The classifier of each task, by name; its parameters are those of its head. */
  public Map<String, TextClassifier> tasks() {
    return Collections.unmodifiableMap(tasks);
  }

  /**
   * Starts from a pretrained encoder.
   *
   * @param pretrained weights under the {@linkplain Architecture#canonical canonical} names of the architecture
   * @param keptLayers so many layers are loaded, from the first; the others keep their initial values
   * @return what was loaded, and what not
   * @throws crema.nn.InvalidWeightsException when a shape differs; the message names the tensors
   */
  public Weights.Intersection loadPretrained(Weights pretrained, int keptLayers) {
    return TextClassifier.load(this, encoder, pretrained, keptLayers, _ -> null);
  }
}
