package crema.fasttext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A classifier with the rows of each known word and of its character n-grams summed beforehand: a line then takes one row a
 * word, not one a run of characters. Sums have another order than in {@link Predictor}, so scores differ in their last
 * bits. It holds a vector a word beside the model. Immutable and safe for use by many threads.
 */
public final class FoldedWords {
  private final FastText model;
  private final int dim;
  /** {@code [words, dim]}. */
  private final DenseMatrix sums;
  /** The number of rows that were summed. */
  private final int[] counts;

  /**
   * Sums the rows of the words of a model.
   *
   * @throws IllegalStateException if its labels have no scores of their own
   */
  public FoldedWords(FastText model) {
    if (!model.hasScores()) {
      throw new IllegalStateException("the labels of this model have no scores of their own");
    }
    this.model = model;
    dim = model.dim();
    int words = model.dictionary().wordCount();
    sums = new DenseMatrix(words, dim);
    counts = new int[words];
    var line = new Line();
    var sum = new float[dim];
    for (int word = 0; word < words; word++) {
      line.clear();
      model.dictionary().wordRows(word, line.rows);
      Arrays.fill(sum, 0f);
      for (int i = 0; i < line.rows.size(); i++) {
        model.input().addRow(line.rows.get(i), sum);
      }
      sums.setRow(word, sum, 0);
      counts[word] = line.rows.size();
    }
  }

  /** Scores lines from one thread, without making new buffers for each. */
  public Scorer newScorer() {
    return new Scorer();
  }

  /** Scores lines from one thread. */
  public final class Scorer {
    private final Line line = new Line();
    private final float[] hidden = new float[dim];

    private Scorer() {}

    /**
     * The scores of all labels for a line of text: the logits of a softmax, or of one-vs-all.
     *
     * @param scores receives them by the numbers of {@link FastText#labels}, {@code [labels]}; not written if the text has
     *     no known word or n-gram
     * @return whether it has one
     * @throws IllegalArgumentException if the array has another length
     */
    public boolean scores(String text, float[] scores) {
      if (scores.length != model.output().rows()) {
        throw new IllegalArgumentException(scores.length + " numbers for " + model.output().rows() + " labels");
      }
      int count;
      try {
        count = sum(TokenReader.ofLine(text));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (count == 0) {
        return false;
      }
      float scale = 1f / count;
      for (int i = 0; i < dim; i++) {
        hidden[i] *= scale;
      }
      model.output().dotRows(hidden, scores.length, scores);
      return true;
    }

    /** Adds the rows of a line, as {@link Dictionary#readLine} finds them, and counts them. */
    private int sum(TokenReader tokens) throws IOException {
      Dictionary dictionary = model.dictionary();
      line.clear();
      Arrays.fill(hidden, 0f);
      int count = 0;
      while (tokens.next()) {
        int entry = dictionary.entries().find(tokens.bytes(), tokens.start(), tokens.end(), tokens.hash());
        boolean endsLine = tokens.endsLine();
        if (entry >= 0 && entry < dictionary.wordCount()) {
          sums.addRow(entry, hidden);
          count += counts[entry];
          line.hashes.add(tokens.hash());
        } else if (entry < 0 && !dictionary.hasLabelPrefix(tokens.bytes(), tokens.start(), tokens.end())) {
          if (!endsLine) {
            dictionary.ngramRows(tokens.bytes(), tokens.start(), tokens.end(), line.rows);
          }
          line.hashes.add(tokens.hash());
        }
        if (endsLine) {
          break;
        }
      }
      dictionary.wordNgramRows(line.hashes, line.rows);
      for (int i = 0; i < line.rows.size(); i++) {
        model.input().addRow(line.rows.get(i), hidden);
      }
      return count + line.rows.size();
    }
  }
}
