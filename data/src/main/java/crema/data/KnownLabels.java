package crema.data;

import crema.base.NearestName;
import java.util.Arrays;
import java.util.Optional;

/**
 * The labels of rows as indices of a model's labels.
 *
 * <p>A label that is not in the set is unknown. It is reported as {@link RowFault#UNKNOWN_LABEL} and dropped; a row
 * left without a label is skipped, so it counts in no metric. A strict listener stops instead.
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
    for (var name : row.labels()) {
      int label = labels.indexOf(name);
      if (label >= 0) {
        known[count++] = label;
      } else {
        var hint = NearestName.among(name, labels.names()).map(near -> "; the nearest is '" + near + "'").orElse("");
        listener.problem(new RowProblem(RowFault.UNKNOWN_LABEL, row.meta().file(), row.meta().line(),
            "'" + name + "' is not among the " + labels.size() + " labels of the training rows" + hint));
      }
    }
    return count == 0 && known.length > 0 ? Optional.empty() : Optional.of(Arrays.copyOf(known, count));
  }
}
