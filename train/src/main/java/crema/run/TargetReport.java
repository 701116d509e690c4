package crema.run;

import crema.base.Forest;
import crema.metrics.Bootstrap;
import crema.metrics.ConfidenceCurve;
import crema.metrics.FrequencyBands;
import crema.metrics.GroupMetrics;
import crema.metrics.Interval;
import crema.metrics.Outcomes;
import crema.metrics.PrecisionReached;
import crema.metrics.ScoreMatrix;
import crema.metrics.SetCoverage;
import crema.metrics.SingleLabelOutcomes;
import crema.report.TestReport;
import crema.task.AnswerSettings;
import crema.task.Guarantee;
import crema.task.MultiLabelTarget;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import crema.task.Trust;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a test says of a model, by what it predicts.
 *
 * @param target what it predicts
 * @param languages whether to report metrics by language
 * @param bands which labels are head, medium and tail
 * @param asked a guarantee to tell of beside those that every report tells of, and the model's own
 */
record TargetReport(Target target, Languages languages, FrequencyBands bands, Optional<Guarantee> asked) {
  private static final List<Double> PRECISIONS = List.of(0.9, 0.95, 0.98, 0.99);
  private static final List<Double> COVERAGES = List.of(0.9, 0.95, 0.99);

  /** Of a model with the guarantees that every report tells of. */
  TargetReport(Target target, Languages languages, FrequencyBands bands) {
    this(target, languages, bands, Optional.empty());
  }

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
    addGuarantees(builder, test);
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

  private void addGuarantees(TestReport.Builder builder, ScoredRows test) {
    Trust trust = target.trust();
    if (trust.heldOut().isEmpty()) {
      return;
    }
    var precisions = new TreeSet<>(PRECISIONS);
    var coverages = new TreeSet<>(COVERAGES);
    Stream.concat(trust.guarantee().stream(), asked.stream()).forEach(guarantee -> {
      switch (guarantee) {
        case Guarantee.Precision(double share) -> precisions.add(share);
        case Guarantee.Coverage(double share) -> coverages.add(share);
      }
    });
    builder.guarantees(precisions.stream().map(share -> precision(test, share)).toList(),
        coverages.stream().filter(share -> trust.heldOut().canCover(share)).map(share -> coverage(test, share))
            .toList());
  }

  private PrecisionReached precision(ScoredRows test, double share) {
    int[][] answers = target.trust().precision(target.tree(), share).isReached()
        ? target.decide(test.logits(), new Guarantee.Precision(share)) : new int[test.truth().length][0];
    long given = 0;
    long right = 0;
    long answered = 0;
    for (int row = 0; row < answers.length; row++) {
      Set<Integer> truth =
          Arrays.stream(test.truth()[row]).flatMap(label -> Arrays.stream(target.implied(label))).boxed()
              .collect(Collectors.toSet());
      given += answers[row].length;
      right += Arrays.stream(answers[row]).filter(truth::contains).count();
      answered += answers[row].length > 0 ? 1 : 0;
    }
    return new PrecisionReached(share, Interval.ofShare(right, given), (double) answered / answers.length);
  }

  private SetCoverage coverage(ScoredRows test, double share) {
    int[][] sets = target.decide(test.logits(), new Guarantee.Coverage(share));
    long covered = 0;
    long labels = 0;
    long empty = 0;
    for (int row = 0; row < sets.length; row++) {
      int[] set = sets[row];
      covered += Arrays.stream(test.truth()[row]).allMatch(label -> Arrays.binarySearch(set, label) >= 0) ? 1 : 0;
      labels += set.length;
      empty += set.length == 0 ? 1 : 0;
    }
    return new SetCoverage(share, Interval.ofShare(covered, sets.length), (double) labels / sets.length,
        (double) empty / sets.length);
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
