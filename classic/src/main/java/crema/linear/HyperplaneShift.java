package crema.linear;

import crema.metrics.PrecisionRecall;
import java.util.Arrays;

/**
 * Shifts the hyperplanes of a trained model so that each label's F1 on validation texts is the greatest. An unbalanced
 * label's hyperplane is oriented well but lies too close to its few texts (Sun, Lim and Liu, "On strategies for
 * imbalanced text classification using SVM", Decision Support Systems 48, 2009).
 */
public final class HyperplaneShift {
  /**
   * A label whose F1 stays below this is not shifted: its order of the validation texts says too little, and a shift
   * that finds its one text among a thousand by claiming them all would ruin the micro average. The smallest value of
   * the range that Fan and Lin, "A study on threshold selection for multi-label classification" (2007), try for it.
   */
  private static final double MIN_F1 = 0.1;

  private HyperplaneShift() {}

  /** A model with the {@link #shifts} that validation texts want. */
  public static LinearModel tune(LinearModel model, SparseMatrix texts, LabelTargets targets) {
    return model.shifted(shifts(model, texts, targets));
  }

  /**
   * What is added to each label's decisions, {@code [labels]}. Of shifts with the same F1 the smallest is taken. A label that no validation text has,
   * or whose F1 is below 0.1 whatever the shift, is not shifted.
   *
   * @param texts validation texts
   * @param targets their labels
   * @throws IllegalArgumentException when labels exclude each other: then decisions are compared with each other, and a
   *     shift that is best for one label alone is not
   */
  public static float[] shifts(LinearModel model, SparseMatrix texts, LabelTargets targets) {
    if (model.exclusive()) {
      throw new IllegalArgumentException("hyperplanes are shifted where a text may have several labels, not where "
          + "it has exactly one");
    }
    if (texts.rows() != targets.rows() || model.labels() != targets.labels()) {
      throw new IllegalArgumentException(texts.rows() + " texts and " + model.labels() + " labels, but targets for "
          + targets.rows() + " texts and " + targets.labels() + " labels");
    }
    float[][] decisions = model.decisions(texts);
    var shifts = new float[model.labels()];
    var ofLabel = new float[texts.rows()];
    for (int label = 0; label < shifts.length; label++) {
      for (int row = 0; row < ofLabel.length; row++) {
        ofLabel[row] = decisions[row][label];
      }
      shifts[label] = best(ofLabel, targets.rowsOf(label));
    }
    return shifts;
  }

  /**
   * The shift of one label.
   *
   * @param decisions of each text
   * @param positives the rows that have the label
   */
  static float best(float[] decisions, int[] positives) {
    float[] all = decisions.clone();
    Arrays.sort(all);
    var ofPositives = new float[positives.length];
    for (int i = 0; i < positives.length; i++) {
      ofPositives[i] = decisions[positives[i]];
    }
    Arrays.sort(ofPositives);
    double bestF1 = -1;
    float bestThreshold = 0;
    int positivesBelow = 0;
    for (int below = 0; below < all.length; below++) {
      if (below > 0 && all[below] == all[below - 1]) {
        continue;
      }
      while (positivesBelow < ofPositives.length && ofPositives[positivesBelow] < all[below]) {
        positivesBelow++;
      }
      float lower = below == 0 ? Float.NEGATIVE_INFINITY : all[below - 1];
      float threshold = between(lower, all[below]);
      double f1 = PrecisionRecall.f1(ofPositives.length - positivesBelow, all.length - below, ofPositives.length);
      if (f1 > bestF1 || f1 == bestF1 && Math.abs(threshold) < Math.abs(bestThreshold)) {
        bestF1 = f1;
        bestThreshold = threshold;
      }
    }
    return bestF1 >= MIN_F1 ? -bestThreshold : 0;
  }

  /** A threshold that {@code upper} exceeds and {@code lower} does not: 0 if it is one, or else the middle. */
  private static float between(float lower, float upper) {
    if (lower <= 0 && upper > 0) {
      return 0;
    }
    if (Float.isInfinite(lower)) {
      return Math.nextDown(upper);
    }
    float middle = lower + (upper - lower) / 2;
    return middle < upper ? middle : lower;
  }
}
