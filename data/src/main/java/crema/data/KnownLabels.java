package crema.data;

import crema.base.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The labels of rows as indices of a model's labels.
 *
 * <p>A label that is not in the set is unknown. It is dropped and reported, once for a row: as
 * {@link RowFault#DROPPED_LABEL}, or as {@link RowFault#UNKNOWN_LABEL} if the row is left without a label and skipped, so
 * that it counts in no metric. A strict listener stops instead.
 *
 * @param labels the labels of the model
 */
public record KnownLabels(LabelSet labels) {
  /**
   * The indices of a row's labels, in the order of the row; none for a row that states that it has none.
   *
   * @return empty if no label of the row is known
   */
  public Optional<int[]> of(Row row, ProblemListener listener) {
    var known = new int[row.labels().size()];
    int count = 0;
    var unknown = new ArrayList<String>();
    for (var name : row.labels()) {
      int label = labels.indexOf(name);
      if (label >= 0) {
        known[count++] = label;
      } else {
        unknown.add(name);
      }
    }
    if (!unknown.isEmpty()) {
      listener.problem(new RowProblem(count == 0 ? RowFault.UNKNOWN_LABEL : RowFault.DROPPED_LABEL, row.meta().file(),
          row.meta().line(), describe(unknown)));
    }
    return count == 0 && known.length > 0 ? Optional.empty() : Optional.of(Arrays.copyOf(known, count));
  }

  private String describe(List<String> unknown) {
    String first = unknown.getFirst();
    String hint = NearestName.among(first, labels.names()).map(near -> "; the nearest is '" + near + "'").orElse("");
    String others = unknown.size() == 1 ? "" : String.format(Locale.ROOT, " and %,d more", unknown.size() - 1);
    return "'" + first + "'" + others + (unknown.size() == 1 ? " is" : " are") + " not among the " + labels.size()
        + " labels of the training rows" + hint;
  }
}
