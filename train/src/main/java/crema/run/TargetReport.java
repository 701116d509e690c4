package crema.run;

import crema.base.Forest;
import crema.metrics.Bootstrap;
import crema.metrics.ConfidenceCurve;
import crema.metrics.FrequencyBands;
import crema.metrics.GroupMetrics;
import crema.metrics.Outcomes;
import crema.metrics.ScoreMatrix;
import crema.metrics.SingleLabelOutcomes;
import crema.report.TestReport;
import crema.task.AnswerSettings;
import crema.task.MultiLabelTarget;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.util.Arrays;

/**
 * What a test says of a model, by what it predicts.
 *
 * @param target what it predicts
 * @param languages whether to report metrics by language
 * @param bands which labels are head, medium and tail
 */
record TargetReport(Target target, Languages languages, FrequencyBands bands) {
  /**
   * Starts a report.
   *
   * @param seed of the confidence intervals
   */
  TestReport.Builder builder(String title, ScoredRows test, long seed) {
    Outcomes outcomes = target.outcomes(test);
    if (test.isEmpty()) {
      return TestReport.builder(title, target.labels().names(), outcomes);
    }
    ScoreMatrix raw = target.rawProbabilities(test.logits());
    ScoreMatrix probabilities = target.probabilities(test.logits());
    ConfidenceCurve curve = target.trust().confidence();
    TestReport.Builder builder = TestReport.builder(title, target.labels().names(), outcomes)
        .bands(bands, target.labels().counts())
        .intervals(Bootstrap.ofSeed(seed));
    languages.addTo(builder, outcomes, test.languages());
    return switch (target) {
      case SingleLabelTarget _ -> builder.probabilities(raw, probabilities, curve);
      case MultiLabelTarget _ -> builder.probabilities(raw, probabilities, curve)
          .groups("Labels of a document", GroupMetrics.byLabelsPerDocument(outcomes));
      case TaxonomyTarget paths -> {
        Forest nodes = paths.taxonomy();
        builder.hierarchy(nodes)
            .pathConsistency(nodes, paths.nodeProbabilities(test.logits()))
            .decisions(raw, probabilities, curve, withAncestors(nodes, test.truth()));
        if (outcomes instanceof SingleLabelOutcomes single) {
          addAbstention(builder, probabilities, single);
        }
        yield builder;
      }
    };
  }

  private static int[][] withAncestors(Forest nodes, int[][] truth) {
    return Arrays.stream(truth).map(nodes::withAncestors).toArray(int[][]::new);
  }

  private static void addAbstention(TestReport.Builder builder, ScoreMatrix probabilities,
      SingleLabelOutcomes answers) {
    var confidence = new float[answers.documents()];
    var right = new boolean[answers.documents()];
    for (int document = 0; document < right.length; document++) {
      confidence[document] = probabilities.score(document, answers.predictedLabel(document));
      right[document] = answers.isExact(document);
    }
    builder.abstention(confidence, right);
  }

  /**
   * Adds what the validation rows say of thresholds, where there are any: how good each one is that was tried. Nothing
   * where there are no such rows, or no test rows to tell it of.
   */
  void addValidation(TestReport.Builder builder, AnswerSettings decision, ScoredRows validation, ScoredRows test) {
    if (target instanceof MultiLabelTarget labels && !validation.isEmpty() && !test.isEmpty()) {
      builder.thresholds(labels.sweep(decision, validation));
    }
  }
}
