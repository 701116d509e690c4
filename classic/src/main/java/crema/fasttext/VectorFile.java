package crema.fasttext;

import crema.base.NameList;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of words in a file of text, {@code .vec}: a line with their number and their length, and then a line a word with
 * its vector behind it. The number is not checked: files are put together by hand.
 *
 * @param path of the file
 */
public record VectorFile(Path path) {
  /** What is done with a line: a word, and the text of its vector. */
  private interface Line {
    void accept(String word, String numbers);
  }

  /**
   * Visits the words, in the order of the file.
   *
   * @param length that the vectors must have
   * @throws IOException if the file cannot be read, or its vectors have another length
   */
  public void forEachWord(int length, Consumer<String> words) throws IOException {
    forEachLine(length, (word, _) -> words.accept(word));
  }

  /**
   * Visits the vectors of some words, in the order of the file. The array is the same for all of them.
   *
   * @param length that the vectors must have
   * @param isWanted whether the vector of a word is to be read
   * @throws IOException if the file cannot be read, its vectors have another length, or one has what is no number
   */
  public void forEach(int length, Predicate<String> isWanted, BiConsumer<String, float[]> vectors) throws IOException {
    var vector = new float[length];
    try {
      forEachLine(length, (word, numbers) -> {
        if (isWanted.test(word)) {
          VectorText.parse(numbers, word, vector);
          vectors.accept(word, vector);
        }
      });
    } catch (IllegalArgumentException e) {
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  private void forEachLine(int length, Line lines) throws IOException {
    try (BufferedReader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      String header = in.readLine();
      String[] sizes = header == null ? new String[0] : header.strip().split(" ");
      if (sizes.length != 2) {
        throw new IOException(path + ":1: expected the number of vectors and their length");
      }
      if (!sizes[1].equals(Integer.toString(length))) {
        throw new IOException(
            path + ":1: its vectors have length " + NameList.of(List.of(sizes[1])) + ", the model's dim is " + length);
      }
      @Nullable String line;
      while ((line = in.readLine()) != null) {
        int space = line.indexOf(' ');
        if (space > 0) {
          lines.accept(line.substring(0, space), line.substring(space + 1));
        }
      }
    }
  }
}
