package crema.data;

import java.nio.file.Path;
import java.util.List;

/**
 * Examples as token ids with the indices of their labels, numbered from 0 in the order of the rows. Reading is safe
 * from several threads.
 */
public interface TokenDataset extends AutoCloseable {
  /** The number of examples. */
  int size();

  /** The number of tokens of all examples. */
  long tokens();

  /** The number of tokens of the longest example, 0 if there are none. */
  int longest();

  /** The number of tokens of an example, at least 1. */
  int length(int example);

  /** Copies the ids of an example to an array from an offset on; returns their number. */
  int copyIds(int example, int[] target, int offset);

  /** The number of labels of an example. */
  int labelCount(int example);

  /** The n-th label of an example, in the order of its row. */
  int label(int example, int n);

  /** The first label of an example, or -1 if it has none: the label, where examples have one. */
  default int label(int example) {
    return labelCount(example) == 0 ? -1 : label(example, 0);
  }

  /** As how many rows the row counts that became an example. */
  default double weight(int example) {
    return meta(example).weight();
  }

  /** What is known of the row that became an example; file names are those of when it was read. */
  RowMeta meta(int example);

  /** Releases what the examples are kept in. */
  @Override
  void close();

  /**
   * Encodes rows into memory.
   *
   * @param listener receives the problems of rows that are skipped, those with unknown labels among them
   */
  static TokenDataset inMemory(TokenRecipe recipe, ProblemListener listener) {
    var tokens = new MemoryTokens();
    recipe.encode(tokens, listener);
    return tokens;
  }

  /**
   * Examples without labels.
   *
   * @param ids the token ids of each example, at least one
   * @param maxLength the most tokens of an example; the rest is cut off
   */
  static TokenDataset inMemory(List<int[]> ids, int maxLength) {
    var tokens = new MemoryTokens();
    ids.forEach(each -> tokens.add(each, Math.min(each.length, maxLength), new int[0], RowMeta.MEMORY));
    return tokens;
  }

  /**
   * Maps the examples from a cache on disk, after writing it if there is none yet, if it was made from other rows,
   * labels or another tokenizer, or if it is damaged. The examples need no heap and may be more than fit in memory.
   *
   * @param file the file of the cache; its folder is made if need be
   * @param listener receives the problems of rows that are skipped, but only if the cache is written
   * @throws DataException if the cache cannot be written
   */
  static TokenDataset cached(Path file, TokenRecipe recipe, ProblemListener listener) {
    return TokenCache.open(file, recipe, listener);
  }
}
