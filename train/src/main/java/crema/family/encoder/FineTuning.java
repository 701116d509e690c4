package crema.family.encoder;

import crema.autograd.Variable;
import crema.nn.Module;
import crema.nn.model.TextEncoder;
import crema.nn.optim.ParameterGroup;
import crema.settings.Settings;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which parameters of a model learn, when, and how fast: freezing, gradual unfreezing from the top (Howard and Ruder,
 * arXiv 1801.06146, section 3.3), and learning rates that fall from layer to layer (Clark et al., arXiv 2003.10555,
 * appendix A).
 */
final class FineTuning {
  private final Module trained;
  private final Map<Variable, Integer> heights = new IdentityHashMap<>();
  private final int top;
  private final int lowestTrained;
  private final int unfreezeEvery;
  private final double layerDecay;

  /**
   * The plan of a run whose settings {@linkplain FineTuningSettings#requireFit fit} the encoder.
   *
   * @param encoder of the model
   * @param trained the model, with what else is trained
   */
  FineTuning(Settings settings, TextEncoder encoder, Module trained) {
    this.trained = trained;
    int layers = encoder.layers().size();
    top = layers + 1;
    encoder.embeddings().forEach(part -> place(part, 0));
    for (int i = 0; i < layers; i++) {
      place(encoder.layers().get(i), i + 1);
    }
    int frozen = settings.get(FineTuningSettings.FREEZE_LAYERS);
    if (settings.get(FineTuningSettings.FREEZE_ENCODER) || settings.get(FineTuningSettings.LORA) > 0) {
      encoder.parameters().values().forEach(parameter -> heights.putIfAbsent(parameter, layers));
      lowestTrained = top;
    } else {
      lowestTrained = frozen > 0 ? frozen + 1 : settings.get(FineTuningSettings.FREEZE_EMBEDDINGS) ? 1 : 0;
    }
    unfreezeEvery = settings.get(FineTuningSettings.UNFREEZE_EVERY);
    layerDecay = settings.get(FineTuningSettings.LAYER_DECAY);
  }

  private void place(Module part, int height) {
    part.parameters().values().forEach(parameter -> heights.putIfAbsent(parameter, height));
  }

  /** 0 for embeddings, 1 for the first layer, and so on; what follows the layers, and the head, are on top. */
  private int height(Variable parameter) {
    return heights.getOrDefault(parameter, top);
  }

  /** The parameters that learn at any time: matrices decay; each layer has a learning rate of its own. */
  List<ParameterGroup> groups(double weightDecay) {
    var groups = new ArrayList<ParameterGroup>();
    for (ParameterGroup group : ParameterGroup.decayingMatrices(trained, weightDecay)) {
      var byHeight = new TreeMap<Integer, Map<String, Variable>>();
      group.parameters().forEach((name, parameter) -> {
        if (height(parameter) >= lowestTrained) {
          byHeight.computeIfAbsent(layerDecay == 1 ? top : height(parameter), _ -> new LinkedHashMap<>())
              .put(name, parameter);
        }
      });
      byHeight.forEach((height, members) -> groups.add(
          new ParameterGroup(members, group.weightDecay(), StrictMath.pow(layerDecay, top - height))));
    }
    return groups;
  }

  /** How many parameters learn at any time, in words; empty if all of so many do. */
  String learning(long parameters) {
    long learn = groups(0).stream().flatMap(group -> group.parameters().values().stream())
        .mapToLong(parameter -> parameter.value().elements()).sum();
    return learn == parameters ? "" : String.format(Locale.ROOT, ", of which %,d learn,", learn);
  }

  /** Lets those parameters learn that do so in an epoch. */
  void beginEpoch(long epoch) {
    long unfrozen = unfreezeEvery == 0 ? 0 : Math.max(0, top - epoch / unfreezeEvery);
    long lowest = Math.max(lowestTrained, unfrozen);
    trained.parameters().values().forEach(parameter -> parameter.setTrainable(height(parameter) >= lowest));
  }
}
