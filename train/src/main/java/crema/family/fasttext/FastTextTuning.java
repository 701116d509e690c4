package crema.family.fasttext;

import crema.base.UserError;
import crema.fasttext.AutotuneOptions;
import crema.fasttext.Metric;
import java.util.List;

/**
 * What is done around the training of a fastText model.
 *
 * @param folds the parts of a cross-validation of the training rows before training; 0 for none
 * @param searchSeconds how long to search for better settings before training with them; 0 for none
 * @param searchMetric what the search maximises on the validation rows; a label in it is as in the data
 * @param modelSize the most bytes of the model that a search may find, such as {@code 2M}; empty for any size
 * @param fixed the settings that a search leaves alone, as {@link AutotuneOptions} names them
 * @param quantize whether the model is quantized after training
 * @param cutoff how many words and n-grams a quantized model keeps, after which it is trained again; 0 for all
 */
public record FastTextTuning(int folds, int searchSeconds, String searchMetric, String modelSize, List<String> fixed,
    boolean quantize, int cutoff) {
  /** A codebook has so many entries. */
  private static final int LEAST_ROWS = 256;

  /** Nothing but training. */
  public static final FastTextTuning NONE = new FastTextTuning(0, 0, "macro-f1", "", List.of(), false, 0);

  /** Checks the values. */
  public FastTextTuning {
    fixed = List.copyOf(fixed);
    if (folds < 0 || folds == 1) {
      throw new UserError("folds must be at least 2, not " + folds);
    }
    if (searchSeconds < 0 || cutoff < 0) {
      throw new UserError((cutoff < 0 ? "cutoff" : "autotune-duration") + " must not be negative");
    }
    if (searchSeconds == 0 && !modelSize.isEmpty()) {
      throw new UserError("autotune-model-size limits what a search finds: give autotune-duration too");
    }
    if (cutoff > 0 && !quantize) {
      throw new UserError("cutoff is about quantized models: give quantize too");
    }
    if (quantize && !modelSize.isEmpty()) {
      throw new UserError("a model of a given size is quantized already: leave out quantize");
    }
    if (searchSeconds > 0 && folds > 0) {
      throw new UserError("folds tests given settings, autotune-duration finds others: run one after the other");
    }
    if (cutoff > 0 && cutoff < LEAST_ROWS) {
      throw new UserError("cutoff must be at least " + LEAST_ROWS
          + ": fewer words and n-grams cannot be quantized");
    }
    checked("autotune-metric", () -> Metric.parse(searchMetric));
    checked("autotune-model-size", () -> modelBytes(modelSize));
  }

  /** The limit of the model's size in bytes; 0 for none. */
  long modelBytes() {
    return modelBytes(modelSize);
  }

  private static long modelBytes(String size) {
    return size.isEmpty() ? 0 : AutotuneOptions.parseSize(size);
  }

  private static void checked(String setting, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw new UserError(setting + ": " + e.getMessage(), e);
    }
  }
}
