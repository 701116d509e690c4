package crema.family.fasttext;

import static crema.settings.Checks.requireOneOf;

import crema.task.DecisionConfig;
import crema.task.LossConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fastText model learns of labels, and how it answers with them.
 *
 * @param loss one of the losses of Huang et al. in place of the network's; null for that one
 * @param paths what is learnt of a path in a taxonomy: {@code last}, the whole path as one label; or {@code all}, also
 *     those above it
 * @param decision how probabilities become answers
 */
public record FastTextLabels(@Nullable LossConfig loss, String paths, DecisionConfig decision) {
  /** Of a path, the path is learnt as one label. */
  public static final String LAST = "last";

  /** Of a path, its label and all those above it are learnt. */
  public static final String ALL = "all";

  /** The network's loss, and of a path the whole. */
  public static final FastTextLabels DEFAULT = new FastTextLabels(null, LAST, DecisionConfig.DEFAULT);

  /** Checks the names. */
  public FastTextLabels {
    requireOneOf("path_labels", paths, List.of(LAST, ALL));
    if (loss != null) {
      loss.requireOfRows("fasttext");
    }
  }

  /** Whether the labels above that of a row are learnt too. */
  public boolean areAll() {
    return paths.equals(ALL);
  }
}
