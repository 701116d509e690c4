package crema.fasttext;

import crema.base.IntList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The scores of labels for a line, taken apart. The vector of a line is the mean of those of its words and n-grams, and
 * a score is its product with the vector of the label: so it is the sum of what each of them adds.
 *
 * @param scores of each label, {@code [labels]}
 * @param parts the words and n-grams that have a vector, in the order in which they are summed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LineScores(float[] scores, List<Part> parts) {
  /**
   * A word, a run of its characters, or a run of words. Tokens of the line are counted from 0; the end of the line is
   * the last one.
   *
   * @param firstToken of the line that it is of
   * @param lastToken of the line; the same for a word and its characters
   * @param from the first {@code char} of the token; the brackets around it do not count
   * @param to the {@code char} after the last one; not below {@code from}
   * @param added to the score of each label, {@code [labels]}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Part(int firstToken, int lastToken, int from, int to, float[] added) {}

  /** Takes a line apart. */
  static LineScores of(FastText model, String text, List<String> labels) {
    int[] outputs = labels.stream().mapToInt(label -> {
      int output = model.dictionary().labelId(label);
      if (output < 0) {
        throw new IllegalArgumentException("the model has no label " + label);
      }
      return output;
    }).toArray();
    var spans = new Spans(model.dictionary());
    try {
      spans.read(TokenReader.ofLine(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var scores = new float[outputs.length];
    if (spans.rows.isEmpty()) {
      return new LineScores(scores, List.of());
    }
    var vector = new float[model.dim()];
    model.input().averageRows(spans.rows, vector);
    multiply(model, vector, outputs, 1, scores);
    var parts = new ArrayList<Part>();
    for (int i = 0; i < spans.rows.size(); i++) {
      Arrays.fill(vector, 0);
      model.input().addRow(spans.rows.get(i), vector);
      var added = new float[outputs.length];
      multiply(model, vector, outputs, spans.rows.size(), added);
      parts.add(new Part(spans.first.get(i), spans.last.get(i), spans.from.get(i), spans.to.get(i), added));
    }
    return new LineScores(scores, parts);
  }

  private static void multiply(FastText model, float[] vector, int[] outputs, int divisor, float[] products) {
    for (int label = 0; label < outputs.length; label++) {
      products[label] = model.output().dot(vector, outputs[label]) / divisor;
    }
  }

  /** The rows of the input matrix that a line has, as {@link Dictionary#readLine} finds them, and where they are from. */
  private static final class Spans {
    private final Dictionary dictionary;
    private final IntList rows = new IntList();
    private final IntList first = new IntList();
    private final IntList last = new IntList();
    private final IntList from = new IntList();
    private final IntList to = new IntList();
    private final IntList hashes = new IntList();
    /** The token of each hash. */
    private final IntList hashed = new IntList();

    Spans(Dictionary dictionary) {
      this.dictionary = dictionary;
    }

    void read(TokenReader tokens) throws IOException {
      for (int token = 0; tokens.next(); token++) {
        byte[] word = Arrays.copyOfRange(tokens.bytes(), tokens.start(), tokens.end());
        int entry = dictionary.entries().find(tokens.bytes(), tokens.start(), tokens.end(), tokens.hash());
        boolean isWord = entry >= 0 && entry < dictionary.wordCount();
        if (isWord) {
          add(entry, token, token, 0, characters(word, 0, word.length));
        }
        if (isWord || entry < 0 && !dictionary.hasLabelPrefix(word, 0, word.length)) {
          if (!tokens.endsLine()) {
            ngrams(word, token);
          }
          hashes.add(tokens.hash());
          hashed.add(token);
        }
        if (tokens.endsLine()) {
          break;
        }
      }
      if (dictionary.subwords().wordNgrams() > 1) {
        dictionary.subwords().forEachWordNgram(hashes,
            (bucket, begin, end) -> addBucket(bucket, hashed.get(begin), hashed.get(end), 0, 0));
      }
    }

    private void ngrams(byte[] word, int token) {
      if (dictionary.subwords().maxn() > 0) {
        dictionary.subwords().forEachNgram(Subwords.bracket(word, 0, word.length), (bucket, begin, end) -> {
          int start = characters(word, 0, Math.max(0, begin - 1));
          addBucket(bucket, token, token, start, characters(word, 0, Math.min(word.length, end - 1)));
        });
      }
    }

    private void addBucket(int bucket, int firstToken, int lastToken, int begin, int end) {
      int row = dictionary.bucketRow(bucket);
      if (row >= 0) {
        add(row, firstToken, lastToken, begin, end);
      }
    }

    private void add(int row, int firstToken, int lastToken, int begin, int end) {
      rows.add(row);
      first.add(firstToken);
      last.add(lastToken);
      from.add(begin);
      to.add(end);
    }

    private static int characters(byte[] word, int begin, int end) {
      return new String(word, begin, end - begin, StandardCharsets.UTF_8).length();
    }
  }
}
