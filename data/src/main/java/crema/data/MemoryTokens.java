package crema.data;

import crema.base.IntList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Examples in growing arrays on the heap. */
final class MemoryTokens implements TokenDataset, TokenRecipe.Sink {
  private static final int MOST_IDS = Integer.MAX_VALUE - 8;

  private final IntList ids = new IntList();
  private final IntList idEnds = new IntList();
  private final IntList labels = new IntList();
  private final IntList labelEnds = new IntList();
  private final List<RowMeta> metas = new ArrayList<>();
  private int longest;

  @Override
  public void add(int[] newIds, int length, int[] newLabels, RowMeta meta) {
    if (length > MOST_IDS - ids.size()) {
      throw new DataException(
          String.format(Locale.ROOT,
              "more than %,d tokens do not fit in memory; use the token cache on disk", MOST_IDS));
    }
    ids.addAll(newIds, 0, length);
    idEnds.add(ids.size());
    labels.addAll(newLabels, 0, newLabels.length);
    labelEnds.add(labels.size());
    metas.add(meta);
    longest = Math.max(longest, length);
  }

  @Override
  public int size() {
    return idEnds.size();
  }

  @Override
  public long tokens() {
    return ids.size();
  }

  @Override
  public int longest() {
    return longest;
  }

  @Override
  public int length(int example) {
    return idEnds.get(example) - start(idEnds, example);
  }

  @Override
  public int copyIds(int example, int[] target, int offset) {
    int length = length(example);
    System.arraycopy(ids.array(), start(idEnds, example), target, offset, length);
    return length;
  }

  @Override
  public int labelCount(int example) {
    return labelEnds.get(example) - start(labelEnds, example);
  }

  @Override
  public int label(int example, int n) {
    if (n < 0 || n >= labelCount(example)) {
      throw new IndexOutOfBoundsException(n);
    }
    return labels.get(start(labelEnds, example) + n);
  }

  @Override
  public RowMeta meta(int example) {
    return metas.get(example);
  }

  @Override
  public void close() {}

  private static int start(IntList ends, int example) {
    return example == 0 ? 0 : ends.get(example - 1);
  }
}
