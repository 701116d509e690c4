package crema.family.fusion;

import crema.autograd.Variable;
import crema.classify.Item;
import crema.classify.TrainingListener;
import crema.data.KnownLabels;
import crema.data.ProblemListener;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.data.TokenDataset;
import crema.nn.model.fusion.Presence;
import crema.nn.train.StopSignal;
import crema.task.Target;
import crema.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a data set with what the parts say of them, which is made once: the parts do not change any more. Rows of
 * which no part can say anything are left out. As examples they have a token each that stands for what was said.
 */
final class FusionRows implements TokenDataset {
  private static final int BATCH = 256;

  private final List<FusionParts.SaidOfItem> said = new ArrayList<>();
  private final List<int[]> labels = new ArrayList<>();
  private final List<RowMeta> metas = new ArrayList<>();
  private int nothing;

  private FusionRows() {}

  /**
   * Asks the parts about all rows.
   *
   * @param target whose labels the rows have
   * @param total how many rows there are, for the progress
   */
  static FusionRows of(RowSource rows, Target target, FusionParts parts, long total, TrainingListener listener,
      StopSignal stop) {
    var known = new KnownLabels(target.labels());
    var all = new FusionRows();
    var items = new ArrayList<Item>();
    rows.forEach(ProblemListener.SILENT, row -> known.of(row, ProblemListener.SILENT).ifPresent(indices -> {
      items.add(Item.of(row, parts.text().text(row)));
      all.labels.add(indices);
      all.metas.add(row.meta());
      if (items.size() == BATCH) {
        stop.check();
        all.ask(parts, target, items);
        listener.progress(all.size(), total);
      }
    }));
    all.ask(parts, target, items);
    return all;
  }

  private void ask(FusionParts parts, Target target, List<Item> items) {
    int first = labels.size() - items.size();
    int at = first;
    for (FusionParts.SaidOfItem each : parts.say(items, target)) {
      if (each.isNothing()) {
        labels.remove(at);
        metas.remove(at);
        nothing++;
      } else {
        said.add(each);
        at++;
      }
    }
    items.clear();
  }

  @Override
  public int size() {
    return said.size();
  }

  @Override
  public long tokens() {
    return size();
  }

  @Override
  public int longest() {
    return Math.min(1, size());
  }

  @Override
  public int length(int example) {
    return 1;
  }

  @Override
  public int copyIds(int example, int[] target, int offset) {
    target[offset] = 0;
    return 1;
  }

  @Override
  public int labelCount(int example) {
    return labels.get(example).length;
  }

  @Override
  public int label(int example, int n) {
    return labels.get(example)[n];
  }

  @Override
  public RowMeta meta(int example) {
    return metas.get(example);
  }

  @Override
  public void close() {}

  /** How many rows were left out since there was nothing to go by. */
  int nothing() {
    return nothing;
  }

  /** Those that have a picture. */
  FusionRows withPictures() {
    var some = new FusionRows();
    for (int row = 0; row < size(); row++) {
      if (said.get(row).picture() != null) {
        some.said.add(said.get(row));
        some.labels.add(labels.get(row));
        some.metas.add(metas.get(row));
      }
    }
    return some;
  }

  /** As how many rows each counts. */
  double[] weights() {
    return metas.stream().mapToDouble(RowMeta::weight).toArray();
  }

  /** The labels of each row. */
  int[][] labels() {
    return labels.toArray(int[][]::new);
  }

  /** What is said of a row. */
  FusionParts.SaidOfItem said(int row) {
    return said.get(row);
  }

  /** Which of some rows have a text, and which a picture. */
  Presence presence(int[] rows) {
    return presence(rows.length, i -> said.get(rows[i]));
  }

  /** Which items have a text, and which a picture. */
  static Presence presence(int count, Function<Integer, FusionParts.SaidOfItem> said) {
    var text = new boolean[count];
    var picture = new boolean[count];
    for (int i = 0; i < count; i++) {
      text[i] = said.apply(i).text() != null;
      picture[i] = said.apply(i).picture() != null;
    }
    return new Presence(text, picture);
  }

  /**
   * The vectors of texts or pictures, {@code [count, features]}; zeros where there are none.
   *
   * @param said of each, from 0
   */
  static Variable vectors(Scope scope, int count, int features, Function<Integer, FusionParts.@Nullable Said> said) {
    var values = new float[Math.multiplyExact(count, features)];
    for (int i = 0; i < count; i++) {
      FusionParts.Said each = said.apply(i);
      if (each != null) {
        System.arraycopy(each.vector(), 0, values, i * features, features);
      }
    }
    return Variable.constant(scope.floats(values, count, features));
  }
}
