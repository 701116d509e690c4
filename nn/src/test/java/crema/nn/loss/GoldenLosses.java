package crema.nn.loss;

import crema.base.Forest;
import crema.nn.loss.BalancingMethod.Scaling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Losses with the options that {@code src/test/golden/losses_torch.py} gives them, under the names it uses: rows of the
 * {@link LossCatalog} with settings, and those that no settings can ask for.
 */
final class GoldenLosses {
  static final int LABELS = 10;
  static final Forest TREE = new Forest(-1, 0, 0, 5, 1, -1, 3, 3, 1, 6);
  private static final long[] COUNTS = {120, 60, 1, 35, 8, 200, 3, 0, 200, 17};
  private static final long ROWS = 200;
  static final LabelFrequencies FREQUENCIES = new LabelFrequencies(COUNTS, ROWS);

  /**
   * A loss that golden values are stored of.
   *
   * @param name its name there
   * @param form the form of its targets
   * @param definition the row of the catalog that it was made by, if by one
   */
  record Golden(String name, Loss loss, Targets.Form form, Optional<LossDefinition> definition) {}

  private final List<Golden> losses = new ArrayList<>();

  private GoldenLosses() {
    ofIndices();
    ofNodes();
    ofMultiHot();
    ofPairs();
  }

  static List<Golden> all() {
    return new GoldenLosses().losses;
  }

  /** The losses of targets of a form, by name. */
  static Map<String, Loss> of(Targets.Form form) {
    var named = new LinkedHashMap<String, Loss>();
    all().stream().filter(golden -> golden.form == form).forEach(golden -> named.put(golden.name, golden.loss));
    return named;
  }

  private void add(String name, Targets.Form form, Loss loss) {
    losses.add(new Golden(name, loss, form, Optional.empty()));
  }

  /** Adds a row of the catalog. */
  private void add(String name, Targets.Form form, String definition, Map<String, String> settings) {
    LossDefinition row = LossCatalog.find(definition).orElseThrow();
    LossSettings values = row.defaults();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      values = values.with(setting.getKey(), setting.getValue());
    }
    var labels = new TrainingLabels(form, COUNTS, ROWS, form == Targets.Form.NODES ? TREE : Forest.flat(LABELS));
    losses.add(new Golden(name, row.create(values, labels), form, Optional.of(row)));
  }

  private void ofIndices() {
    var form = Targets.Form.INDICES;
    var weights = new double[LABELS];
    var narrowWeights = new float[LABELS];
    for (int j = 0; j < LABELS; j++) {
      weights[j] = 0.5 + j % 3;
      narrowWeights[j] = (float) weights[j];
    }
    add("softmax", form, "cross-entropy", Map.of());
    add("softmax smoothed weighted", form, new SoftmaxCrossEntropy(0.1f, narrowWeights));
    add("softmax focal", form, "cross-entropy", Map.of("focal-gamma", "2"));
    add("softmax focal smoothed weighted", form, new SoftmaxFocal(1.5, 0.1, weights));
    add("arcface", form, "arcface", Map.of());
    add("balanced softmax", form, "balanced-softmax", Map.of());
    add("logit-adjusted focal", form, "logit-adjusted", Map.of("focal-gamma", "1", "logit-adjustment", "0.5"));
    add("softmax macro-F1", form, "soft-macro-f1", Map.of());
    add("softmax and macro-F1", form, "mixed", Map.of("soft-f1-share", "0.3"));
    add("contrastive", form, "supervised-contrastive", Map.of());
    add("multiple negatives", form, "multiple-negatives", Map.of("pair-temperature", "0.2"));
    add("all triplets", form, "triplet", Map.of());
    add("hardest triplets", form, "triplet", Map.of("pair-margin", "0.5", "triplets", "hardest"));
    add("multi-similarity", form, "multi-similarity", Map.of());
    add("multi-similarity of all pairs", form, "multi-similarity", Map.of("similar-scale", "3", "other-scale", "10",
        "similarity-threshold", "0.2", "pair-margin", "2"));
  }

  private void ofPairs() {
    var form = Targets.Form.PAIRS;
    add("cosine error", form, "cosine-similarity", Map.of());
    add("contrastive pairs", form, "contrastive", Map.of("pair-margin", "0.8"));
  }

  private void ofNodes() {
    var form = Targets.Form.NODES;
    add("ancestors less", form, "ancestors", Map.of("ancestor-weight", "less"));
    add("ancestors same focal", form, "ancestors", Map.of("focal-gamma", "2"));
    add("ancestors more", form, "ancestors", Map.of("ancestor-weight", "more"));
    add("tree-min", form, "ancestors", Map.of("hierarchical-constraint", "true"));
    add("tree-min focal", form, "ancestors", Map.of("hierarchical-constraint", "true", "focal-gamma", "2"));
    add("conditional softmax", form, "conditional-softmax", Map.of());
    add("softmax per level", form, "level-softmax", Map.of("level-weights", "1,0.5,2,0.25"));
    add("tree triplet", form, new TreeTriplet(TREE, 0.1));
  }

  private void ofMultiHot() {
    var form = Targets.Form.MULTI_HOT;
    var weights = new double[LABELS];
    for (int j = 0; j < LABELS; j++) {
      weights[j] = 0.5 + j % 3;
    }
    add("bce", form, "bce", Map.of());
    add("bce smoothed weighted", form, new BinaryCrossEntropy(0.1, weights));
    add("focal", form, new FocalLoss(Focus.of(2)));
    add("focal balanced", form, new FocalLoss(Focus.balanced(1.5, 0.25)));
    add("asymmetric", form, "asymmetric", Map.of("asymmetric-gamma-positive", "1"));
    add("asymmetric unshifted", form, "asymmetric", Map.of("asymmetric-gamma-negative", "2", "asymmetric-margin", "0"));
    add("macro-F1", form, "soft-macro-f1", Map.of());
    add("ancestors per level", form,
        new AncestorCrossEntropy(TREE, new NodeWeighting.Levels(1, 2, 3, 0.5), Focus.of(1.5)));
    add("tree-min many balanced", form, new TreeMin(TREE, Focus.balanced(1.5, 0.25)));
    for (ClassBalancing.Mode mode : ClassBalancing.Mode.values()) {
      if (mode != ClassBalancing.Mode.BY_CLASS) {
        add("class-balanced " + mode.name().toLowerCase(Locale.ROOT).replace('_', ' '), form, "class-balanced-focal",
            Map.of("class-balanced-mode", mode.key()));
      }
    }
    for (Scaling scaling : Scaling.values()) {
      Map<String, String> scale = Map.of("loss-scale", scaling.key());
      add(scaling + " BCE", form, BalancingMethod.BCE.loss(FREQUENCIES, scaling));
      add(scaling + " FL", form, "focal", scale);
      add(scaling + " CB_FL", form, "class-balanced-focal", scale);
      add(scaling + " R_FL", form, "rebalanced-focal", scale);
      add(scaling + " NTR_FL", form, "ntr-focal", scale);
      add(scaling + " DB_0FL", form, "distribution-balanced-no-focal", scale);
      add(scaling + " CB_NTR", form, "class-balanced-ntr", scale);
      add(scaling + " DB", form, "distribution-balanced", scale);
    }
  }
}
