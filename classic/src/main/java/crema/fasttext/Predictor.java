package crema.fasttext;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Predicts labels from one thread, without making new buffers for each line. */
public final class Predictor {
  private final FastText model;
  private final Line line = new Line();
  private final float[] hidden;
  private final float[] scores;
  private final TopK best = new TopK();

  Predictor(FastText model) {
    this.model = model;
    hidden = new float[model.dim()];
    scores = new float[(int) model.output().rows()];
  }

  /**
   * The most probable labels of a line of text.
   *
   * @param k how many at most; -1 for all
   * @param threshold the least probability
   * @return labels by falling probability; none if the text has no known word or n-gram
   */
  public List<Prediction> predict(String text, int k, float threshold) {
    try {
      read(TokenReader.ofLine(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return predictions(k, threshold);
  }

  /**
   * The probabilities that {@link #predict} gives all labels of a line of text, by their numbers in
   * {@link FastText#labels}.
   *
   * @param probabilities receives them, {@code [labels]}; zeros if the text has no known word or n-gram
   * @return whether it has one
   * @throws IllegalArgumentException if the array has another length
   */
  public boolean probabilities(String text, float[] probabilities) {
    if (probabilities.length != model.dictionary().labelCount()) {
      throw new IllegalArgumentException(
          probabilities.length + " numbers for " + model.dictionary().labelCount() + " labels");
    }
    try {
      read(TokenReader.ofLine(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    TopK ranked = rank(-1, 0f);
    Arrays.fill(probabilities, 0f);
    for (int rank = 0; rank < ranked.size(); rank++) {
      probabilities[ranked.id(rank)] = (float) Math.exp(ranked.score(rank));
    }
    return ranked.size() > 0;
  }

  /**
   * Predicts for every line of a text, in order; labels in it are ignored.
   *
   * @param text not closed here
   * @param sink receives each line's predictions, none for a line without known words or n-grams
   */
  public void predictLines(InputStream text, int k, float threshold, Consumer<List<Prediction>> sink)
      throws IOException {
    var tokens = new TokenReader(text);
    while (read(tokens)) {
      sink.accept(predictions(k, threshold));
    }
  }

  private List<Prediction> predictions(int k, float threshold) {
    TopK ranked = rank(k, threshold);
    var result = new ArrayList<Prediction>(ranked.size());
    for (int rank = 0; rank < ranked.size(); rank++) {
      result.add(new Prediction(
          model.dictionary().label(ranked.id(rank)), (float) Math.exp(ranked.score(rank))));
    }
    return result;
  }

  /** Reads a line; false at the end of the text. */
  boolean read(TokenReader tokens) throws IOException {
    if (tokens.atEnd()) {
      return false;
    }
    model.dictionary().readLine(tokens, line);
    return true;
  }

  Line line() {
    return line;
  }

  /** The best labels of the line just read, by falling score. */
  TopK rank(int k, float threshold) {
    if (k < 1 && k != -1) {
      throw new IllegalArgumentException("k is " + k + ": it must be at least 1, or -1 for all labels");
    }
    if (line.rows.isEmpty()) {
      best.reset(1);
      return best;
    }
    model.input().averageRows(line.rows, hidden);
    model.loss().predict(model.output(), hidden, k == -1 ? scores.length : k, threshold, scores, best);
    return best;
  }
}
