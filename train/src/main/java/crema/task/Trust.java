package crema.task;

import crema.base.Forest;
import crema.base.UserError;
import crema.metrics.ConfidenceCurve;
import crema.metrics.HeldOutAnswers;
import crema.metrics.PrecisionThresholds;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntUnaryOperator;

/** How far the scores of a model can be trusted, as rows say that it has not learned from. Immutable, thread-safe. */
public final class Trust {
  /** Nothing is known: probabilities are as the scores have them. */
  public static final Trust NONE = new Trust(ConfidenceCurve.NONE, HeldOutAnswers.NONE, Optional.empty());

  private final ConfidenceCurve confidence;
  private final HeldOutAnswers heldOut;
  private final Optional<Guarantee> guarantee;
  /** Thresholds that were found before, by the precision. */
  private final Map<Double, PrecisionThresholds> found = new ConcurrentHashMap<>();

  private Trust(ConfidenceCurve confidence, HeldOutAnswers heldOut, Optional<Guarantee> guarantee) {
    this.confidence = confidence;
    this.heldOut = heldOut;
    this.guarantee = guarantee;
  }

  /** A curve alone. */
  public static Trust of(ConfidenceCurve confidence) {
    return new Trust(confidence, HeldOutAnswers.NONE, Optional.empty());
  }

  /** The same with what the calibrated model has answered. */
  public Trust with(HeldOutAnswers answers) {
    return new Trust(confidence, answers, guarantee);
  }

  /** The same where answers are to reach something, unless others are asked for. */
  public Trust with(Guarantee other) {
    return new Trust(confidence, heldOut, Optional.of(other));
  }

  /** The same where labels have other numbers. */
  Trust renumbered(IntUnaryOperator number) {
    return new Trust(confidence, heldOut.renumbered(number), guarantee);
  }

  /** What makes probabilities of scores that mean what they say. */
  public ConfidenceCurve confidence() {
    return confidence;
  }

  /** The answers that thresholds and sets are found from. */
  public HeldOutAnswers heldOut() {
    return heldOut;
  }

  /** What answers reach; empty where every text is answered as the model decides. */
  public Optional<Guarantee> guarantee() {
    return guarantee;
  }

  /** Whether nothing is known. */
  public boolean isNone() {
    return confidence.isNone() && heldOut.isEmpty() && guarantee.isEmpty();
  }

  /**
   * How to reach a precision, or how far one gets.
   *
   * @param tree of the labels
   */
  public PrecisionThresholds precision(Forest tree, double share) {
    return found.computeIfAbsent(share, wanted -> PrecisionThresholds.of(heldOut, tree, wanted));
  }

  /**
   * The thresholds of a precision that can be reached.
   *
   * @throws UserError if it cannot, which says how far one gets
   */
  PrecisionThresholds reached(Forest tree, Guarantee.Precision precision) {
    requireHeldOut(precision.share());
    PrecisionThresholds thresholds = precision(tree, precision.share());
    if (!thresholds.isReached()) {
      throw new UserError(farthest(precision.share(), thresholds) + ": ask for at most that");
    }
    return thresholds;
  }

  /** How far one gets, as the beginning of a sentence. */
  static String farthest(double wanted, PrecisionThresholds thresholds) {
    return String.format(Locale.ROOT, "a precision of %s cannot be vouched for: the surest answers, to %.1f%% of the "
        + "validation rows, reach %.3f", wanted, thresholds.share() * 100,
        Math.floor(thresholds.precision() * 1000) / 1000);
  }

  /**
   * From which probability on a label belongs to a set.
   *
   * @throws UserError if there are too few rows to vouch for the coverage
   */
  float reached(Guarantee.Coverage coverage) {
    requireHeldOut(coverage.share());
    if (!heldOut.canCover(coverage.share())) {
      throw new UserError(String.format(Locale.ROOT,
          "a coverage of %s needs %,d validation rows, and the model was trained with %,d: ask for at most %.3f",
          coverage.share(), (long) Math.ceil(1 / (1 - coverage.share()) - 1), heldOut.rows(),
          Math.floor(1000.0 * heldOut.rows() / (heldOut.rows() + 1)) / 1000));
    }
    return heldOut.threshold(coverage.share());
  }

  private void requireHeldOut(double share) {
    if (heldOut.isEmpty() && share > 0) {
      throw new UserError("the model does not know how far its answers can be trusted: it was trained without "
          + "validation rows, or by an earlier version");
    }
  }
}
