package crema.corpus;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values of some keys in a line that is one JSON object (RFC 8259), without decoding it. What is not asked for
 * is skipped unread: of it only quotes and brackets must be right. Nesting is counted, not followed, so that no depth costs
 * memory. For one thread.
 */
final class ObjectScanner {
  /** The deepest nesting. */
  static final int MAX_DEPTH = 512;

  /** What a value is. */
  enum Kind {
    /** There is none, or null. */
    MISSING,
    /** A string without escapes: its bytes are its text. */
    PLAIN,
    /** A string with escapes. */
    ESCAPED,
    /** A number, true or false. */
    SCALAR,
    /** An array or object. */
    CONTAINER
  }

  private final byte[][] keys;
  private final int[] from;
  private final int[] to;
  private final Kind[] kinds;
  private final boolean[] seen;
  /** One bit a level of nesting: whether it is an object. */
  private final long[] open = new long[MAX_DEPTH / Long.SIZE];

  private byte[] bytes = new byte[0];
  private int position;
  private int limit;
  /** Whether the last string that was read has escapes. */
  private boolean escaped;
  private @Nullable RowFaultKind fault;

  /** Decides whether it is worth to read on. */
  interface Decision {
    /** Whether the rest of the object is needed, of which the first key's value was just read. */
    boolean isNeeded();
  }

  /**
   * A scanner.
   *
   * @param keys the first is the one whose value may make all others needless
   */
  ObjectScanner(List<String> keys) {
    this.keys = keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    from = new int[keys.size()];
    to = new int[keys.size()];
    kinds = new Kind[keys.size()];
    seen = new boolean[keys.size()];
  }

  /**
   * Reads a line.
   *
   * @param decision asked once the first key's value is known; where it answers no, nothing more is read or checked
   * @return null if it is an object; otherwise why not
   */
  @Nullable
  RowFaultKind scan(byte[] line, int start, int end, Decision decision) {
    bytes = line;
    position = start;
    limit = end;
    fault = null;
    Arrays.fill(kinds, Kind.MISSING);
    Arrays.fill(seen, false);
    return object(decision) ? null : fault == null ? RowFaultKind.BAD_JSON : fault;
  }

  /** What was found of a key. */
  Kind kind(int key) {
    return kinds[key];
  }

  /** Where the value begins: of a string, after its quote. */
  int from(int key) {
    return from[key];
  }

  /** Where the value ends: of a string, at its quote. */
  int to(int key) {
    return to[key];
  }

  private boolean object(Decision decision) {
    if (!at('{')) {
      return false;
    }
    if (at('}')) {
      return atEnd();
    }
    do {
      if (!at('"')) {
        return false;
      }
      int keyFrom = position;
      if (!string()) {
        return false;
      }
      int key = find(keyFrom, position - 1);
      if (!at(':') || !value(key)) {
        return false;
      }
      if (key == 0 && !decision.isNeeded()) {
        return true;
      }
    } while (at(','));
    return at('}') && atEnd();
  }

  /** The number of a key that is asked for, or -1. */
  private int find(int keyFrom, int keyTo) {
    if (escaped) {
      byte[] plain = JsonText.decoded(bytes, keyFrom, keyTo);
      return plain == null ? -1 : find(plain, 0, plain.length);
    }
    return find(bytes, keyFrom, keyTo);
  }

  private int find(byte[] name, int nameFrom, int nameTo) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i].length == nameTo - nameFrom && Arrays.equals(keys[i], 0, keys[i].length, name, nameFrom, nameTo)) {
        return i;
      }
    }
    return -1;
  }

  private boolean value(int key) {
    if (key >= 0) {
      if (seen[key]) {
        fault = RowFaultKind.DUPLICATE_KEY;
        return false;
      }
      seen[key] = true;
    }
    skipBlanks();
    if (position >= limit) {
      return false;
    }
    int start = position;
    Kind kind;
    switch (bytes[position]) {
      case '"' -> {
        position++;
        start++;
        if (!string()) {
          return false;
        }
        kind = escaped ? Kind.ESCAPED : Kind.PLAIN;
      }
      case '{', '[' -> {
        if (!container()) {
          return false;
        }
        kind = Kind.CONTAINER;
      }
      default -> {
        if (!scalar()) {
          return false;
        }
        // null, and NaN, which Python writes for it.
        kind = bytes[start] == 'n' || bytes[start] == 'N' ? Kind.MISSING : Kind.SCALAR;
      }
    }
    if (key >= 0) {
      kinds[key] = kind;
      from[key] = start;
      to[key] = kind == Kind.PLAIN || kind == Kind.ESCAPED ? position - 1 : position;
    }
    return true;
  }

  /** Goes to after the quote that ends a string. */
  private boolean string() {
    escaped = false;
    int i = position;
    while (true) {
      i = ByteWords.special(bytes, i, limit);
      if (i >= limit) {
        return false;
      }
      if (bytes[i] == '"') {
        position = i + 1;
        return true;
      }
      if (bytes[i] != '\\') {
        return false;
      }
      escaped = true;
      i += 2;
    }
  }

  private boolean scalar() {
    int i = position;
    while (i < limit && isOfScalar(bytes[i])) {
      i++;
    }
    int length = i - position;
    if (length == 0) {
      return false;
    }
    byte head = bytes[position];
    boolean isNumber = (head == '-' && length > 1 || head >= '0' && head <= '9') && isOfDigits(position + 1, i);
    if (!isNumber && !isWord("null", length) && !isWord("true", length) && !isWord("false", length)
        && !isWord("NaN", length)) {
      return false;
    }
    position = i;
    return true;
  }

  private static boolean isOfScalar(byte b) {
    return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '.' || b == '-' || b == '+';
  }

  private boolean isOfDigits(int start, int end) {
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if ((b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E') {
        return false;
      }
    }
    return true;
  }

  private boolean isWord(String word, int length) {
    if (word.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[position + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Goes to after the bracket that closes the one at the position. */
  private boolean container() {
    int depth = 0;
    while (position < limit) {
      byte b = bytes[position++];
      switch (b) {
        case '"' -> {
          if (!string()) {
            return false;
          }
        }
        case '{', '[' -> {
          if (depth == MAX_DEPTH) {
            fault = RowFaultKind.TOO_DEEP;
            return false;
          }
          long bit = 1L << depth;
          open[depth >>> 6] = b == '{' ? open[depth >>> 6] | bit : open[depth >>> 6] & ~bit;
          depth++;
        }
        case '}', ']' -> {
          depth--;
          if ((open[depth >>> 6] >>> depth & 1) == 1 != (b == '}')) {
            return false;
          }
          if (depth == 0) {
            return true;
          }
        }
        default -> {
          // Of what is between nothing is needed.
        }
      }
    }
    return false;
  }

  private boolean at(char wanted) {
    skipBlanks();
    if (position < limit && bytes[position] == wanted) {
      position++;
      return true;
    }
    return false;
  }

  private boolean atEnd() {
    skipBlanks();
    return position == limit;
  }

  private void skipBlanks() {
    while (position < limit && isBlank(bytes[position])) {
      position++;
    }
  }

  static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
