package crema.tokenizer;

import java.util.Arrays;
import java.util.List;

/** The tokens of a text or a pair of texts, with where in the texts they are. Immutable. */
public final class Encoding {
  /** What offsets count. */
  public enum OffsetUnit {
    /** Java's {@code char}s, so that {@code text.substring(start, end)} is what a token stands for. */
    CHAR,
    /** Unicode's code points, as Hugging Face's library for Python counts. */
    CODE_POINT
  }

  /** The {@link #sequence} and {@link #word} of special tokens. */
  public static final int NONE = -1;

  private final Tokenizer tokenizer;
  private final List<CharSequence> texts;
  private final Columns columns;
  private final boolean cut;

  Encoding(Tokenizer tokenizer, List<CharSequence> texts, Columns columns, boolean cut) {
    this.tokenizer = tokenizer;
    this.texts = texts;
    this.columns = columns;
    this.cut = cut;
  }

  /** Returns how many tokens there are, special tokens included. */
  public int size() {
    return columns.size;
  }

  /** Returns the ids. */
  public int[] ids() {
    return Arrays.copyOf(columns.ids, columns.size);
  }

  /** Returns the type ids, which tell the texts of a pair apart, where the model knows the difference. */
  public int[] typeIds() {
    return Arrays.copyOf(columns.typeIds, columns.size);
  }

  /** Returns the tokens as the vocabulary spells them. */
  public List<String> tokens() {
    return Arrays.stream(ids()).mapToObj(tokenizer::token).toList();
  }

  /** Whether the token at {@code index} is one that the tokenizer put around or between the texts. */
  public boolean isSpecial(int index) {
    return sequence(index) == NONE;
  }

  /** Returns of which text the token at {@code index} is: 0 or 1, or {@link #NONE} for special tokens. */
  public int sequence(int index) {
    return columns.sequences[checked(index)];
  }

  /**
   * Returns the number of the word (the piece that the pre-tokenizer made) that the token at {@code index} is of,
   * counted from 0 in its text, or {@link #NONE} for special tokens.
   */
  public int word(int index) {
    return columns.words[checked(index)];
  }

  /** Returns where what the token at {@code index} stands for starts in its text; 0 for special tokens. */
  public int start(int index, OffsetUnit unit) {
    return offset(index, columns.starts[checked(index)], unit);
  }

  /** Returns where what the token at {@code index} stands for ends in its text; 0 for special tokens. */
  public int end(int index, OffsetUnit unit) {
    return offset(index, columns.ends[checked(index)], unit);
  }

  /** Whether tokens of a text were cut off. */
  public boolean isCut() {
    return cut;
  }

  private int offset(int index, int chars, OffsetUnit unit) {
    var sequence = columns.sequences[index];
    return unit == OffsetUnit.CHAR || sequence == NONE
        ? chars
        : Character.codePointCount(texts.get(sequence), 0, chars);
  }

  private int checked(int index) {
    if (index < 0 || index >= columns.size) {
      throw new IndexOutOfBoundsException("index " + index + " is outside an encoding of " + columns.size + " tokens");
    }
    return index;
  }

  /** A growing table of tokens. */
  static final class Columns {
    private int[] ids = new int[32];
    private int[] typeIds = new int[32];
    private int[] sequences = new int[32];
    private int[] words = new int[32];
    private int[] starts = new int[32];
    private int[] ends = new int[32];
    private int size;

    int size() {
      return size;
    }

    int id(int index) {
      return ids[index];
    }

    int start(int index) {
      return starts[index];
    }

    int end(int index) {
      return ends[index];
    }

    void setSpan(int index, int start, int end) {
      starts[index] = start;
      ends[index] = end;
    }

    void add(int id, int typeId, int sequence, int word, int start, int end) {
      if (size == ids.length) {
        var capacity = 2 * size;
        ids = Arrays.copyOf(ids, capacity);
        typeIds = Arrays.copyOf(typeIds, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
        words = Arrays.copyOf(words, capacity);
        starts = Arrays.copyOf(starts, capacity);
        ends = Arrays.copyOf(ends, capacity);
      }
      ids[size] = id;
      typeIds[size] = typeId;
      sequences[size] = sequence;
      words[size] = word;
      starts[size] = start;
      ends[size++] = end;
    }

    /** Appends the rows {@code [from, to)} of another table, as tokens of another type. */
    void addAll(Columns other, int from, int to, int typeId) {
      for (int i = from; i < to; i++) {
        add(other.ids[i], typeId, other.sequences[i], other.words[i], other.starts[i], other.ends[i]);
      }
    }
  }
}
