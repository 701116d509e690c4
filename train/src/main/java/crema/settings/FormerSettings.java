package crema.settings;

import crema.base.UserError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

/** Reads the settings that versions before 0.2 kept with a model: nested records, which had names of their own. */
final class FormerSettings {
  private static final String MODEL = "model";
  private static final String STRATIFIED = "data.stratified";
  private static final String FIXED = "tuning.fixed";

  /** The names of today by those of before; empty for what is no setting any more. */
  private static final Map<String, String> NAMES = Map.ofEntries(
      Map.entry("data.train", "train"),
      Map.entry("data.validation", "validation"),
      Map.entry("data.test", "test"),
      Map.entry("data.text", "text"),
      Map.entry("data.labels.columns", "label"),
      Map.entry("data.labels.target", "target"),
      Map.entry("data.labels.separator", "label-separator"),
      Map.entry("data.labels.path_separator", "path-separator"),
      Map.entry("data.labels.bands.head_from", "head-from"),
      Map.entry("data.labels.bands.tail_to", "tail-to"),
      Map.entry("data.group", "group"),
      Map.entry("data.validation_fraction", "validation-fraction"),
      Map.entry("data.test_fraction", "test-fraction"),
      Map.entry("data.strict", "strict"),
      Map.entry("data.languages.column", "language"),
      Map.entry("data.languages.detect", "detect-language"),
      Map.entry("data.languages.min_count", "language-min-count"),
      Map.entry("data.languages.top", "language-top"),
      Map.entry("tokenizer.file", "tokenizer"),
      Map.entry("tokenizer.vocabulary_size", "vocabulary-size"),
      Map.entry("tokenizer.lowercase", "lowercase"),
      Map.entry("tokenizer.max_length", "max-length"),
      Map.entry("encoder.hidden_size", "hidden-size"),
      Map.entry("encoder.layers", "layers"),
      Map.entry("encoder.heads", "heads"),
      Map.entry("encoder.key_value_heads", "kv-heads"),
      Map.entry("encoder.ffn_size", "ffn-size"),
      Map.entry("encoder.head", "head"),
      Map.entry("encoder.head_size", "head-size"),
      Map.entry("encoder.bag_size", "bag-size"),
      Map.entry("encoder.token_dropout", "token-dropout"),
      Map.entry("encoder.dropout", "dropout"),
      Map.entry("encoder.head_dropout", "head-dropout"),
      Map.entry("encoder.drop_path", "drop-path"),
      Map.entry("loss.name", "loss"),
      Map.entry("loss.label_smoothing", "label-smoothing"),
      Map.entry("loss.class_weights", "class-weights"),
      Map.entry("loss.effective_number_beta", "effective-number-beta"),
      Map.entry("loss.gamma", "focal-gamma"),
      Map.entry("loss.tau", "logit-adjustment"),
      Map.entry("loss.soft_f1_share", "soft-f1-share"),
      Map.entry("loss.pos_weight", "pos-weight"),
      Map.entry("loss.long_tail.scale", "loss-scale"),
      Map.entry("loss.long_tail.class_balanced_beta", "class-balanced-beta"),
      Map.entry("loss.long_tail.class_balanced_mode", "class-balanced-mode"),
      Map.entry("loss.long_tail.rebalance_alpha", "rebalance-alpha"),
      Map.entry("loss.long_tail.rebalance_beta", "rebalance-beta"),
      Map.entry("loss.long_tail.rebalance_mu", "rebalance-mu"),
      Map.entry("loss.long_tail.lambda", "negative-lambda"),
      Map.entry("loss.long_tail.kappa", "negative-kappa"),
      Map.entry("loss.asymmetric.gamma_positive", "asymmetric-gamma-positive"),
      Map.entry("loss.asymmetric.gamma_negative", "asymmetric-gamma-negative"),
      Map.entry("loss.asymmetric.margin", "asymmetric-margin"),
      Map.entry("loss.tree.ancestor_weight", "ancestor-weight"),
      Map.entry("loss.tree.level_weights", "level-weights"),
      Map.entry("loss.tree.hierarchical_constraint", "hierarchical-constraint"),
      Map.entry("loss.auxiliary.contrastive_weight", "contrastive-weight"),
      Map.entry("loss.auxiliary.contrastive_temperature", "contrastive-temperature"),
      Map.entry("loss.auxiliary.triplet_weight", "tree-triplet-weight"),
      Map.entry("loss.auxiliary.triplet_margin", "tree-triplet-margin"),
      Map.entry("sampling.sampler", "sampler"),
      Map.entry("sampling.weights", "sampler-weights"),
      Map.entry("sampling.beta", "effective-number-beta"),
      Map.entry("optimization.epochs", "epochs"),
      Map.entry("optimization.max_steps", "max-steps"),
      Map.entry("optimization.batch_tokens", "batch-tokens"),
      Map.entry("optimization.batch_size", "batch-size"),
      Map.entry("optimization.accumulation", "accumulate"),
      Map.entry("optimization.learning_rate", "learning-rate"),
      Map.entry("optimization.weight_decay", "weight-decay"),
      Map.entry("optimization.beta1", "beta1"),
      Map.entry("optimization.beta2", "beta2"),
      Map.entry("optimization.epsilon", "epsilon"),
      Map.entry("optimization.warmup_steps", "warmup"),
      Map.entry("optimization.schedule", "schedule"),
      Map.entry("optimization.min_scale", "min-scale"),
      Map.entry("optimization.clip_norm", "clip-norm"),
      Map.entry("decision.threshold", "threshold"),
      Map.entry("decision.grid_from", "threshold-from"),
      Map.entry("decision.grid_to", "threshold-to"),
      Map.entry("decision.grid_step", "threshold-step"),
      Map.entry("decision.threshold_metric", "threshold-metric"),
      Map.entry("decision.at_least_one", "at-least-one"),
      Map.entry("decision.decoding", "decoding"),
      Map.entry("decision.node_threshold", "node-threshold"),
      Map.entry("validation.every_steps", "validate-every"),
      Map.entry("validation.metric", "metric"),
      Map.entry("validation.patience", "patience"),
      Map.entry("validation.tolerance", "tolerance"),
      Map.entry("seed", "seed"),
      Map.entry("network.dim", "dim"),
      Map.entry("network.learning_rate", "learning-rate"),
      Map.entry("network.epochs", "epochs"),
      Map.entry("network.loss", "fasttext-loss"),
      Map.entry("network.word_ngrams", "word-ngrams"),
      Map.entry("network.minn", "minn"),
      Map.entry("network.maxn", "maxn"),
      Map.entry("network.bucket", "buckets"),
      Map.entry("network.min_count", "min-count"),
      Map.entry("network.text.lowercase", "lowercase"),
      Map.entry("network.text.leading_words", "leading-words"),
      Map.entry("network.text.leading_weight", "leading-weight"),
      Map.entry("labels.paths", "path-labels"),
      Map.entry("tuning.folds", "folds"),
      Map.entry("tuning.search_seconds", "autotune-duration"),
      Map.entry("tuning.search_metric", "autotune-metric"),
      Map.entry("tuning.model_size", "autotune-model-size"),
      Map.entry("tuning.quantize", "quantize"),
      Map.entry("tuning.cutoff", "cutoff"),
      Map.entry("terms.ngrams", "ngrams"),
      Map.entry("terms.min_documents", "min-df"),
      Map.entry("terms.max_documents", "max-df"),
      Map.entry("terms.max_terms", "max-terms"),
      Map.entry("terms.lowercase", "lowercase"),
      Map.entry("terms.sublinear", "sublinear"),
      Map.entry("hyperplanes.loss", "linear-loss"),
      Map.entry("hyperplanes.c", "C"),
      Map.entry("hyperplanes.folds", "C-folds"),
      Map.entry("hyperplanes.class_weights", "class-weights"),
      Map.entry("hyperplanes.shift", "shift"),
      Map.entry("stages.catch_all", "two-stage"));

  /** What a search of fastText was to leave alone, by the engine's names. */
  private static final Map<String, String> ENGINE_NAMES = Map.of("dim", "dim", "lr", "learning-rate", "epoch", "epochs",
      "wordNgrams", "word-ngrams", "minn", "minn", "maxn", "maxn", "bucket", "buckets");

  private FormerSettings() {}

  /** The settings in a JSON object, and how they are cut into stages. */
  static StoredSettings of(Map<?, ?> json, Map<?, ?> stages) {
    Object model = json.get(MODEL);
    var values = new LinkedHashMap<String, Object>();
    if (!stages.isEmpty()) {
      flatten("stages.", stages).forEach((path, value) -> values
          .put(NAMES.getOrDefault(path.replaceFirst("^stages\\.decision", "decision"), path), value));
      if (!values.containsKey(NAMES.get("stages.catch_all"))) {
        values.put("local-classifiers", true);
      }
    }
    var given = new LinkedHashMap<String, Object>();
    flatten("", json).forEach((path, value) -> {
      if (path.equals(STRATIFIED)) {
        values.put("no-stratify", !Boolean.TRUE.equals(value));
      } else if (path.equals(FIXED)) {
        ((List<?>) value).forEach(name -> given.put(ENGINE_NAMES.getOrDefault(String.valueOf(name), ""), true));
      } else if (!path.equals(MODEL)) {
        // Of fastText, the loss and the decision were within the labels.
        String name = NAMES.get(path.replaceFirst("^labels\\.(loss|decision)\\.", "$1."));
        if (name == null) {
          throw new UserError("this version of Crema does not know the key '"
              + path.substring(path.lastIndexOf('.') + 1) + "'");
        }
        values.put(name, value);
      }
    });
    return new StoredSettings(model == null ? "encoder" : model.toString(), values, List.copyOf(given.keySet()),
        true);
  }

  /** The leaves that have a value, by their paths; an empty text was none. */
  private static Map<String, Object> flatten(String prefix, Map<?, ?> json) {
    var leaves = new LinkedHashMap<String, Object>();
    for (Entry<?, ?> entry : json.entrySet()) {
      String path = prefix + entry.getKey();
      if (entry.getValue() instanceof Map<?, ?> nested) {
        leaves.putAll(flatten(path + ".", nested));
      } else if (entry.getValue() != null && !entry.getValue().equals("")) {
        leaves.put(path, entry.getValue());
      }
    }
    return leaves;
  }
}
