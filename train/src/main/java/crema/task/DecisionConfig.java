package crema.task;

import static crema.settings.Checks.requireIn;
import static crema.settings.Checks.requireOneOf;

import crema.metrics.Average;
import crema.metrics.ThresholdSweep;
import java.util.List;

/**
 * How the probabilities of labels become an answer. Where a text has one label it is the most probable one, and nothing
 * is to be chosen.
 *
 * @param threshold from which probability on a text gets a label, if it may have several: {@code global}, one for all
 *     labels that is chosen on the validation rows; {@code per-label}, chosen for each; {@code argmax}, only the most
 *     probable label; or a number
 * @param gridFrom the lowest threshold that is tried
 * @param gridTo the highest
 * @param gridStep the distance between them
 * @param thresholdMetric {@code micro_f1} or {@code macro_f1}: what a global threshold shall make high
 * @param atLeastOne whether a text of which no label reaches its threshold gets the nearest one
 * @param decoding how a path of a taxonomy is found: {@code argmax}, {@code top-down}, {@code consistent} or
 *     {@code best-path}
 * @param nodeThreshold from which probability on a top-down path goes on where it may end, and a consistent answer has
 *     a node
 */
public record DecisionConfig(
    String threshold,
    double gridFrom,
    double gridTo,
    double gridStep,
    String thresholdMetric,
    boolean atLeastOne,
    String decoding,
    double nodeThreshold) {
  private static final List<String> THRESHOLDS = List.of("global", "per-label", "argmax");
  private static final List<String> DECODINGS = List.of("argmax", "top-down", "consistent", "best-path");

  /** As the reference run of Huang et al. (EMNLP 2021) has it: from 0.40 to 0.60 by 0.01 for micro F1. */
  public static final DecisionConfig DEFAULT =
      new DecisionConfig("global", 0.4, 0.6, 0.01, "micro_f1", false, "best-path", 0.5);

  /** Labels that are more probable than not. */
  public static final DecisionConfig HALF = new DecisionConfig("0.5", 0.4, 0.6, 0.01, "micro_f1", false, "best-path", 0.5);

  /** Checks the ranges. */
  public DecisionConfig {
    if (!THRESHOLDS.contains(threshold)) {
      requireIn("threshold (" + String.join(", ", THRESHOLDS) + " or a number)", number(threshold), 0, 1);
    }
    requireIn("threshold_from", gridFrom, 0, 1);
    requireIn("threshold_to", gridTo, gridFrom, 1);
    requireIn("threshold_step", gridStep, 1e-4, 1);
    requireOneOf("threshold_metric", thresholdMetric, List.of("micro_f1", "macro_f1"));
    requireOneOf("decoding", decoding, DECODINGS);
    requireIn("node_threshold", nodeThreshold, 0, 1);
  }

  /** The thresholds that are tried, ascending. */
  double[] grid() {
    return ThresholdSweep.grid(gridFrom, gridTo, gridStep);
  }

  /** Which F1 a global threshold shall make high. */
  public Average average() {
    return thresholdMetric.equals("micro_f1") ? Average.MICRO : Average.MACRO;
  }

  /** The threshold that was given as a number; NaN if it is none. */
  double givenThreshold() {
    return THRESHOLDS.contains(threshold) ? Double.NaN : number(threshold);
  }

  /** How paths are found. */
  public Decoding treeDecoding() {
    return decoding(decoding, nodeThreshold, atLeastOne);
  }

  /** The name of a decoding. */
  static String name(Decoding decoding) {
    return switch (decoding) {
      case Decoding.Argmax _ -> "argmax";
      case Decoding.TopDown _ -> "top-down";
      case Decoding.Consistent _ -> "consistent";
      case Decoding.BestPath _ -> "best-path";
    };
  }

  /** The decoding of a name. */
  static Decoding decoding(String name, double nodeThreshold, boolean atLeastOne) {
    requireOneOf("decoding", name, DECODINGS);
    return switch (name) {
      case "argmax" -> new Decoding.Argmax();
      case "top-down" -> new Decoding.TopDown(nodeThreshold);
      case "consistent" -> new Decoding.Consistent(nodeThreshold, atLeastOne);
      default -> new Decoding.BestPath();
    };
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
