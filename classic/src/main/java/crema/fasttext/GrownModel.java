package crema.fasttext;

import crema.base.IntList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The matrices of a model whose dictionary gained entries.
 *
 * @param older the dictionary that the matrices belong to
 * @param newer the dictionary that has all its entries, in another order, and more
 */
record GrownModel(Dictionary older, Dictionary newer) {

  /** The number of an entry in the older dictionary, or -1. */
  private int olderEntry(int entry) {
    WordTable entries = newer.entries();
    return older.entries().find(
        entries.pool(), entries.start(entry), entries.end(entry), entries.hash(entry));
  }

  /** Copies the rows of known words and of the n-grams; a new word gets its n-grams' mean, or a random row. */
  DenseMatrix input(DenseMatrix rows, Consumer<DenseMatrix> randomise) {
    var grown = new DenseMatrix(newer.rowCount(), rows.dim());
    randomise.accept(grown);
    for (int bucket = 0; bucket < newer.subwords().bucket(); bucket++) {
      copy(rows, older.wordCount() + bucket, grown, newer.wordCount() + bucket);
    }
    var subwords = new IntList();
    var mean = new float[rows.dim()];
    for (int word = 0; word < newer.wordCount(); word++) {
      int known = olderEntry(word);
      if (known >= 0) {
        copy(rows, known, grown, word);
      } else {
        subwords.clear();
        WordTable entries = newer.entries();
        newer.ngramRows(entries.pool(), entries.start(word), entries.end(word), subwords);
        if (!subwords.isEmpty()) {
          grown.averageRows(subwords, mean);
          grown.setRow(word, mean, 0);
        }
      }
    }
    return grown;
  }

  /**
   * Copies the rows of known outputs, or of the tree's decisions; new ones are zero.
   *
   * @param olderLabels gives the older labels that a label comes from; null for that of the same name
   */
  DenseMatrix output(DenseMatrix rows, Loss olderLoss, Loss newerLoss, boolean supervised, int outputs,
      @Nullable Function<String, List<String>> olderLabels) {
    var grown = new DenseMatrix(outputs, rows.dim());
    int newerFirst = supervised ? newer.wordCount() : 0;
    int olderFirst = supervised ? older.wordCount() : 0;
    if (olderLabels != null) {
      for (int row = 0; row < outputs; row++) {
        var sources = new IntList();
        olderLabels.apply(newer.label(row)).forEach(label -> sources.add(older.labelId(label)));
        if (!sources.isEmpty()) {
          var mean = new float[rows.dim()];
          rows.averageRows(sources, mean);
          grown.setRow(row, mean, 0);
        }
      }
    } else if (olderLoss instanceof HierarchicalSoftmaxLoss olderTree
        && newerLoss instanceof HierarchicalSoftmaxLoss newerTree) {
      int[] matches = newerTree.tree().match(olderTree.tree(), leaf -> {
        int known = olderEntry(newerFirst + leaf);
        return known < 0 ? -1 : known - olderFirst;
      });
      for (int row = 0; row < matches.length; row++) {
        copyDecision(rows, matches[row], grown, row);
      }
    } else {
      for (int row = 0; row < outputs; row++) {
        int known = olderEntry(newerFirst + row);
        if (known >= 0) {
          copy(rows, known - olderFirst, grown, row);
        }
      }
    }
    return grown;
  }

  private static void copy(DenseMatrix from, int fromRow, DenseMatrix to, int toRow) {
    to.setRow(toRow, from.page(fromRow), from.offset(fromRow));
  }

  private static void copyDecision(DenseMatrix rows, int match, DenseMatrix grown, int row) {
    if (match >= 0) {
      copy(rows, match, grown, row);
    } else if (match < -1) {
      copy(rows, -2 - match, grown, row);
      float[] page = grown.page(row);
      int base = grown.offset(row);
      for (int j = 0; j < grown.dim(); j++) {
        page[base + j] = -page[base + j];
      }
    }
  }
}
