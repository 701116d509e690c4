package crema.family.staged;

import crema.base.Sha256;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.data.SplitRows;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows that reach a stage; their label is the branch that they take there.
 *
 * @param rows all rows
 * @param routes how stages lead to labels; rows of other labels are left out
 * @param stage the stage
 */
record StageRows(RowSource rows, Routes routes, Routes.Stage stage) implements RowSource {
  /**
   * The rows of a run that reach a stage. If no validation row does, or no test row, the stage is validated or tested
   * on its training rows: the model is tested on all of its stages together.
   */
  static SplitRows of(SplitRows all, Routes routes, Routes.Stage stage) {
    var train = new StageRows(all.train(), routes, stage);
    var validation = new StageRows(all.validation(), routes, stage);
    var test = new StageRows(all.test(), routes, stage);
    return new SplitRows(train, validation.isEmpty() ? train : validation, test.isEmpty() ? train : test,
        train.labels());
  }

  private LabelSet labels() {
    SortedMap<String, Long> counts = new TreeMap<>();
    forEach(ProblemListener.SILENT, row -> counts.merge(row.labels().getFirst(), 1L, Long::sum));
    return LabelSet.of(counts);
  }

  private boolean isEmpty() {
    try (RowCursor cursor = open(ProblemListener.SILENT)) {
      return cursor.next() == null;
    }
  }

  @Override
  public RowCursor open(ProblemListener listener) {
    return rows.map("stage", stage.toString(), this::onStage).open(listener);
  }

  /** A row with its branch for a label; null if it does not come to the stage. */
  private @Nullable Row onStage(Row row) {
    List<String> route = routes.route(row.labels().getFirst());
    return stage.isOn(route) ? row.withLabels(List.of(stage.branchOf(route))) : null;
  }

  @Override
  public String fingerprint() {
    return Sha256.ofLines(List.of(rows.fingerprint(), routes.byLabel().toString(), stage.toString()));
  }
}
