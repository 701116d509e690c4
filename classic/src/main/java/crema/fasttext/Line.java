package crema.fasttext;

import crema.base.IntList;

/** A line of text as a model sees it. */
final class Line {
  /** Rows of the input matrix. */
  final IntList rows = new IntList();

  /** Known labels. */
  final IntList labels = new IntList();

  /** Hashes of the words, for word n-grams. */
  final IntList hashes = new IntList();

  void clear() {
    rows.clear();
    labels.clear();
    hashes.clear();
  }
}
