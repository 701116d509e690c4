package crema.data;

/** Examples in growing arrays on the heap. */
final class MemoryTokens implements TokenDataset, TokenRecipe.Sink {
  private final IntList ids = new IntList();
  private final IntList idEnds = new IntList();
  private final IntList labels = new IntList();
  private final IntList labelEnds = new IntList();
  private int longest;

  @Override
  public void add(int[] newIds, int length, int[] newLabels) {
    ids.add(newIds, length);
    idEnds.add(ids.size());
    labels.add(newLabels, newLabels.length);
    labelEnds.add(labels.size());
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
    ids.copy(start(idEnds, example), length, target, offset);
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
  public void close() {}

  private static int start(IntList ends, int example) {
    return example == 0 ? 0 : ends.get(example - 1);
  }
}
