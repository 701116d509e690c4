package crema.fasttext;

import crema.base.IntList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The vectors that a model gives to words and lines.
 *
 * @param model whose dictionary and input matrix are used
 */
record WordVectors(FastText model) {
  private static final String END_OF_LINE = TokenReader.END_OF_LINE;

  /** The vector of a word: the mean of its own, if it is known, and of its character n-grams'. */
  float[] ofWord(String word) {
    var rows = new IntList();
    int id = model.dictionary().wordId(word);
    if (id >= 0) {
      model.dictionary().wordRows(id, rows);
    } else if (!word.equals(END_OF_LINE)) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      model.dictionary().ngramRows(bytes, 0, bytes.length, rows);
    }
    var vector = new float[model.dim()];
    model.input().averageRows(rows, vector);
    return vector;
  }

  /** The parts whose mean is a word's vector, each with its own; for looking at, and for debugging. */
  List<NgramVector> ngrams(String word) {
    var result = new ArrayList<NgramVector>();
    int id = model.dictionary().wordId(word);
    if (id >= 0) {
      result.add(new NgramVector(word, row(id)));
    }
    if (!word.equals(END_OF_LINE)) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      byte[] bracketed = Subwords.bracket(bytes, 0, bytes.length);
      model.dictionary().subwords().forEachNgram(bracketed, (bucket, from, to) -> {
        int row = model.dictionary().bucketRow(bucket);
        if (row >= 0) {
          result.add(new NgramVector(new String(bracketed, from, to - from, StandardCharsets.UTF_8), row(row)));
        }
      });
    }
    return result;
  }

  private float[] row(int row) {
    var vector = new float[model.dim()];
    model.input().addRow(row, vector);
    return vector;
  }

  /**
   * The vector of a line. A classifier's is the mean of all its rows, which is what the labels are computed from; a
   * word vector model's is the mean of the words' normalised vectors.
   */
  float[] ofLine(String text) {
    try {
      return model.config().task() == Task.SUPERVISED ? hidden(text) : meanOfNormalised(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private float[] hidden(String text) throws IOException {
    var line = new Line();
    model.dictionary().readLine(TokenReader.ofLine(text), line);
    var vector = new float[model.dim()];
    model.input().averageRows(line.rows, vector);
    return vector;
  }

  private float[] meanOfNormalised(String text) throws IOException {
    var sum = new float[model.dim()];
    int count = 0;
    byte[] utf8 = text.replace('\n', ' ').getBytes(StandardCharsets.UTF_8);
    var tokens = new TokenReader(utf8, utf8.length);
    while (tokens.next()) {
      var word = new String(
          tokens.bytes(), tokens.start(), tokens.end() - tokens.start(), StandardCharsets.UTF_8);
      float[] vector = ofWord(word);
      float norm = WordIndex.norm(vector);
      if (norm > 0) {
        float scale = (float) (1.0 / norm);
        for (int j = 0; j < sum.length; j++) {
          sum[j] += vector[j] * scale;
        }
        count++;
      }
    }
    for (int j = 0; j < sum.length && count > 0; j++) {
      sum[j] *= (float) (1.0 / count);
    }
    return sum;
  }
}
