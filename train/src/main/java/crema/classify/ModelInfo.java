package crema.classify;

import crema.data.LabelSet;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What there is to know of a model without running it.
 *
 * @param facts names and values for people, in order
 */
public record ModelInfo(Map<String, String> facts) {
  private static final int SHOWN_LABELS = 12;

  /**
   * Summarizes a model.
   *
   * @throws crema.base.UserError when it is not one
   */
  public static ModelInfo of(ModelSource model) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", model.name());
    ModelFamily family = ModelFamily.of(model);
    facts.putAll(family.describe(model));
    if (!family.isPredictor()) {
      return new ModelInfo(facts);
    }
    Target target = model.readTarget();
    facts.put("Answers", answers(target));
    facts.put("Labels", labels(target.labels()));
    if (model.holds(ModelSource.PROVENANCE)) {
      var provenance = Provenance.read(model.bytes(ModelSource.PROVENANCE));
      facts.put("Trained", provenance.created() + " by Crema " + provenance.crema() + " on " + provenance.java());
      facts.put("Command", String.join(" ", provenance.command()));
      facts.put("Rows", String.format(Locale.ROOT, "%,d training, %,d validation, %,d test", provenance.trainRows(),
          provenance.validationRows(), provenance.testRows()));
      facts.put("Steps", String.format(Locale.ROOT, "%,d, best at %,d", provenance.steps(), provenance.bestStep()));
      facts.put("Seed", Long.toString(provenance.seed()));
      facts.put("Data hash", provenance.dataHash());
    }
    return new ModelInfo(facts);
  }

  private static String answers(Target target) {
    return switch (target) {
      case SingleLabelTarget _ -> "one label";
      case MultiLabelTarget several -> {
        DoubleSummaryStatistics thresholds = IntStream.range(0, several.labels().size())
            .mapToDouble(several.thresholds()::value).summaryStatistics();
        yield String.format(Locale.ROOT, "all labels from the probability %.3g", thresholds.getMin())
            + (thresholds.getMax() > thresholds.getMin()
                ? String.format(Locale.ROOT, " to %.3g", thresholds.getMax()) : "")
            + (several.thresholds().isAtLeastOne() ? ", at least one" : "");
      }
      case TaxonomyTarget paths ->
          "a path in a taxonomy of " + paths.taxonomy().depth() + " levels, its segments separated by '"
              + paths.separator() + "'";
    };
  }

  private static String labels(LabelSet labels) {
    return labels.size() + ": " + String.join(", ", shown(labels.names()));
  }

  /** As many names as a line takes; dots stand for the rest. */
  public static List<String> shown(List<String> names) {
    return names.size() <= SHOWN_LABELS
        ? names
        : Stream.concat(names.stream().limit(SHOWN_LABELS), Stream.of("...")).toList();
  }
}
