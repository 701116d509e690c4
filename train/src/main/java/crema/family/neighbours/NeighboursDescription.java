package crema.family.neighbours;

import crema.base.UserError;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code config.json} says of a model: what is searched for, and how candidates are ranked.
 *
 * @param search what is searched for
 * @param ranker how candidates are ranked
 */
record NeighboursDescription(CandidateFinder.Search search, CandidateRanker ranker) {
  private static final String NEIGHBOURS = "neighbours";
  private static final String CANDIDATES = "candidates";
  private static final String NAME_WEIGHT = "name_weight";
  private static final String SEPARATOR = "path_separator";
  private static final String WEIGHTS = "weights";
  private static final String MISSED = "missed";
  private static final String EXCLUSIVE = "exclusive";
  private static final int MOST = 10_000;

  void write(ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put(NEIGHBOURS, search.neighbours());
    json.put(CANDIDATES, search.candidates());
    json.put(NAME_WEIGHT, search.nameWeight());
    search.separator().ifPresent(separator -> json.put(SEPARATOR, separator));
    var weights = new LinkedHashMap<String, Object>();
    for (CandidateFeature feature : CandidateFeature.values()) {
      weights.put(feature.key(), ranker.weights()[feature.ordinal()]);
    }
    json.put(WEIGHTS, weights);
    json.put(MISSED, ranker.missed());
    json.put(EXCLUSIVE, ranker.isExclusive());
    ModelConfig.of(new NeighboursFamily(), json).write(directory);
  }

  /**
   * Reads the description of a model.
   *
   * @throws UserError when it is missing or damaged
   */
  static NeighboursDescription read(ModelSource model) throws IOException {
    Map<?, ?> json = ModelConfig.read(model).values();
    boolean hasTerms = model.holds(NeighbourFiles.TERMS);
    List<CandidateFeature> features = Arrays.stream(CandidateFeature.values())
        .filter(feature -> hasTerms || !feature.isOfTerms()).toList();
    if (!(json.get(WEIGHTS) instanceof Map<?, ?> named)
        || !named.keySet().containsAll(features.stream().map(CandidateFeature::key).toList())
        || named.size() > CandidateFeature.COUNT) {
      throw damaged(model, WEIGHTS);
    }
    var weights = new double[CandidateFeature.COUNT];
    for (CandidateFeature feature : features) {
      weights[feature.ordinal()] = number(model, named, feature.key());
    }
    double missed = number(model, json, MISSED);
    double nameWeight = number(model, json, NAME_WEIGHT);
    if (missed <= 0 || missed >= 1) {
      throw damaged(model, MISSED);
    }
    if (nameWeight < 0 || nameWeight > 1) {
      throw damaged(model, NAME_WEIGHT);
    }
    if (!(json.get(EXCLUSIVE) instanceof Boolean exclusive)) {
      throw damaged(model, EXCLUSIVE);
    }
    Optional<String> separator =
        json.get(SEPARATOR) instanceof String text && !text.isBlank() ? Optional.of(text) : Optional.empty();
    return new NeighboursDescription(
        new CandidateFinder.Search(count(model, json, NEIGHBOURS), count(model, json, CANDIDATES), nameWeight,
            separator),
        new CandidateRanker(weights, missed, exclusive));
  }

  private static int count(ModelSource model, Map<?, ?> json, String key) {
    double count = number(model, json, key);
    if (count < 1 || count > MOST || count != Math.rint(count)) {
      throw damaged(model, key);
    }
    return (int) count;
  }

  private static double number(ModelSource model, Map<?, ?> json, String key) {
    if (!(json.get(key) instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      throw damaged(model, key);
    }
    return number.doubleValue();
  }

  private static UserError damaged(ModelSource model, String key) {
    return new UserError(model.name() + ": config.json has no " + key
        + " that a model of neighbours has; copy it again, or train again with --overwrite");
  }
}
