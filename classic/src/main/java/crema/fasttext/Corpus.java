package crema.fasttext;

import crema.base.IntList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A training text with its tokens replaced by numbers, read once and then visited in any order.
 *
 * <p>It is kept in memory as long as it is small, and beyond that in a memory-mapped temporary file. Closing it gives
 * both back.
 *
 * <p>A line of a classifier's text is stored as its number of labels, its labels, and its words. A word that is too
 * rare for the dictionary still has character n-grams and a hash: it is numbered behind the words of the dictionary.
 */
final class Corpus implements AutoCloseable {
  /** The ints of one block: 1 MiB. */
  private static final int BLOCK = 1 << 18;

  /** The blocks kept in memory. */
  private static final int MEMORY_BLOCKS = 64;

  /** The original cuts lines of text for word vectors after so many tokens. */
  private static final int LONGEST_LINE = 1024;

  private final Dictionary dictionary;
  private final WordTable rareWords = new WordTable();
  private final List<int[]> memory = new ArrayList<>();
  private final List<MemorySegment> mapped = new ArrayList<>();
  private final Arena arena = Arena.ofShared();
  private final CRC32C checksum = new CRC32C();
  private final ByteBuffer chunk = ByteBuffer.allocate(1 << 16).order(ByteOrder.nativeOrder());
  /** As how much each line counts, where not all do alike. */
  private final float @Nullable [] lineWeights;
  /** The same of each example. */
  private float[] weights = new float[0];
  private long[] starts = new long[1025];
  private int size;
  private long tokens;
  private int[] block = new int[BLOCK];
  private int used;
  private long written;
  private @Nullable Path file;
  private @Nullable FileChannel channel;

  private Corpus(Dictionary dictionary, float @Nullable [] lineWeights) {
    this.dictionary = dictionary;
    this.lineWeights = lineWeights;
  }

  /** Reads a text; for a classifier with labels, for word vectors without. */
  static Corpus read(TextSource source, Dictionary dictionary, Task task) throws IOException {
    return read(source, dictionary, task, null);
  }

  /**
   * Reads a text whose lines count more or less than others.
   *
   * @param lineWeights what the steps of each line are multiplied by; null for 1
   */
  static Corpus read(TextSource source, Dictionary dictionary, Task task, float @Nullable [] lineWeights)
      throws IOException {
    var corpus = new Corpus(dictionary, lineWeights);
    try (var in = source.open()) {
      var reader = new TokenReader(in);
      if (task == Task.SUPERVISED) {
        corpus.readClassified(reader);
      } else {
        corpus.readWords(reader);
      }
      corpus.finish();
    } catch (IOException | RuntimeException e) {
      corpus.close();
      throw e;
    }
    return corpus;
  }

  private void readClassified(TokenReader reader) throws IOException {
    var labels = new IntList();
    var words = new IntList();
    int words0 = dictionary.wordCount();
    for (int line = 0; !reader.atEnd(); line++) {
      labels.clear();
      words.clear();
      boolean more = true;
      while (more && reader.next()) {
        tokens++;
        int entry = dictionary.entries().find(reader.bytes(), reader.start(), reader.end(), reader.hash());
        if (entry >= words0) {
          if (!labels.contains(entry - words0)) {
            labels.add(entry - words0);
          }
        } else if (entry >= 0) {
          words.add(entry);
        } else if (!dictionary.hasLabelPrefix(reader.bytes(), reader.start(), reader.end())) {
          words.add(words0 + rareWords.intern(reader.bytes(), reader.start(), reader.end(), reader.hash()));
        }
        more = !reader.endsLine();
      }
      if (!labels.isEmpty() && !words.isEmpty()) {
        startExample();
        weigh(line);
        append(labels.size());
        appendAll(labels);
        appendAll(words);
      }
    }
  }

  private void readWords(TokenReader reader) throws IOException {
    var words = new IntList();
    while (!reader.atEnd()) {
      words.clear();
      int known = 0;
      boolean more = true;
      while (more && reader.next()) {
        int entry = dictionary.entries().find(reader.bytes(), reader.start(), reader.end(), reader.hash());
        if (entry >= 0) {
          known++;
          tokens++;
          if (entry < dictionary.wordCount()) {
            words.add(entry);
          }
          more = known <= LONGEST_LINE && !reader.endsLine();
        }
      }
      if (!words.isEmpty()) {
        startExample();
        appendAll(words);
      }
    }
  }

  private void startExample() {
    if (size + 1 == starts.length) {
      starts = Arrays.copyOf(starts, (int) Math.min(2L * size, Integer.MAX_VALUE - 8));
    }
    starts[size++] = written + used;
  }

  private void weigh(int line) {
    if (lineWeights != null) {
      if (weights.length < size) {
        weights = Arrays.copyOf(weights, lineWeights.length);
      }
      weights[size - 1] = lineWeights[line];
    }
  }

  /** What the steps of an example are multiplied by. */
  float weight(int example) {
    return lineWeights == null ? 1 : weights[example];
  }

  private void append(int value) throws IOException {
    if (used == BLOCK) {
      flushBlock();
    }
    block[used++] = value;
  }

  private void appendAll(IntList values) throws IOException {
    for (int i = 0; i < values.size(); i++) {
      append(values.get(i));
    }
  }

  private void flushBlock() throws IOException {
    boolean fits = memory.size() < MEMORY_BLOCKS;
    @Nullable FileChannel out = fits ? null : spillFile();
    long at = out == null ? 0 : out.position();
    for (int from = 0; from < used; from += chunk.capacity() / Integer.BYTES) {
      int count = Math.min(used - from, chunk.capacity() / Integer.BYTES);
      chunk.clear().asIntBuffer().put(block, from, count);
      chunk.limit(count * Integer.BYTES);
      checksum.update(chunk.duplicate());
      while (out != null && chunk.hasRemaining()) {
        out.write(chunk);
      }
    }
    if (out != null) {
      mapped.add(out.map(FileChannel.MapMode.READ_ONLY, at, out.position() - at, arena));
    } else if (used == BLOCK) {
      memory.add(block);
      block = new int[BLOCK];
    } else {
      memory.add(Arrays.copyOf(block, used));
    }
    written += used;
    used = 0;
  }

  private FileChannel spillFile() throws IOException {
    FileChannel out = channel;
    if (out == null) {
      Path temporary = Files.createTempFile("crema-corpus", ".tokens");
      file = temporary;
      out = FileChannel.open(temporary, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel = out;
    }
    return out;
  }

  private void finish() throws IOException {
    flushBlock();
    starts[size] = written;
    block = new int[0];
  }

  Dictionary dictionary() {
    return dictionary;
  }

  /** The number of examples: lines with a word, and with a label if those are asked for. */
  int size() {
    return size;
  }

  /** The tokens of all lines. */
  long tokens() {
    return tokens;
  }

  /** Identifies the content, to notice when training is resumed on another text. */
  long checksum() {
    return checksum.getValue() << 32 | size;
  }

  /** Copies the numbers of an example; the result is valid until the next call with the same list. */
  void read(int example, IntList numbers) {
    numbers.clear();
    long from = starts[example];
    long to = starts[example + 1];
    while (from < to) {
      int index = (int) (from / BLOCK);
      int offset = (int) (from % BLOCK);
      int count = (int) Math.min(to - from, BLOCK - offset);
      if (index < memory.size()) {
        numbers.addAll(memory.get(index), offset, offset + count);
      } else {
        MemorySegment segment = mapped.get(index - memory.size());
        for (int i = 0; i < count; i++) {
          numbers.add(segment.getAtIndex(ValueLayout.JAVA_INT, offset + i));
        }
      }
      from += count;
    }
  }

  /** Appends the rows of a word's subwords and, for word n-grams, its hash. */
  void addWord(int word, IntList rows, IntList hashes) {
    int known = dictionary.wordCount();
    if (word < known) {
      dictionary.wordRows(word, rows);
      hashes.add(dictionary.entries().hash(word));
    } else {
      int rare = word - known;
      dictionary.ngramRows(rareWords.pool(), rareWords.start(rare), rareWords.end(rare), rows);
      hashes.add(rareWords.hash(rare));
    }
  }

  @Override
  public void close() {
    arena.close();
    try {
      if (channel != null) {
        channel.close();
      }
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
