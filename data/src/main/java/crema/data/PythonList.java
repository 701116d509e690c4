package crema.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists as Python's {@code repr} writes them, and so pandas a column of lists: {@code ['Fruit', "it's"]}, a tuple, a set,
 * or an array of NumPy, {@code ['Fruit' 'Toys']} and {@code array(['Fruit'], dtype=object)}. Items are strings, with the
 * escapes of Python's string literals but for names of characters, numbers, or plain words between commas;
 * {@code None} and {@code nan} are no items.
 */
final class PythonList {
  /** What begins a list, and what no label begins with. */
  private static final Pattern BEGIN =
      Pattern.compile("\\[|[({]\\s*['\"]|(?:np\\.|numpy\\.)?array\\(\\s*\\[|frozenset\\(\\s*\\{|set\\(\\)|\\(\\)$");
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(?:\\.\\d*)?(?:[eE][-+]?\\d+)?");
  private static final Pattern CALL =
      Pattern.compile("(?:(?:np\\.|numpy\\.)?array|frozenset|set)\\s*\\((.*?)(?:,\\s*dtype=[^)]*)?\\)",
          Pattern.DOTALL);

  private final String text;
  private int position;

  private PythonList(String text) {
    this.text = text;
  }

  /** Whether a cell is meant as a list. */
  static boolean isBegunIn(String cell) {
    return BEGIN.matcher(cell.strip()).lookingAt();
  }

  /** The items of a list; null if the text is none. */
  static @Nullable List<String> read(String text) {
    var call = CALL.matcher(text.strip());
    String inner = call.matches() ? call.group(1).strip() : text.strip();
    if (inner.isEmpty()) {
      return List.of();
    }
    var list = new PythonList(inner);
    List<String> items = list.items();
    return items != null && list.position == inner.length() ? items : null;
  }

  private @Nullable List<String> items() {
    var items = new ArrayList<String>();
    char end = skip('[') ? ']' : skip('(') ? ')' : skip('{') ? '}' : 0;
    if (end == 0) {
      return null;
    }
    boolean isFirst = true;
    while (!skip(end)) {
      boolean isApart = isFirst || skip(',');
      // A comma may stand behind the last item.
      if (isApart && !isFirst && skip(end)) {
        return items;
      }
      isFirst = false;
      if (!item(items, isApart, end)) {
        return null;
      }
    }
    return items;
  }

  /** Skips white space and then that character, if it is there. */
  private boolean skip(char expected) {
    skipBlanks();
    if (position < text.length() && text.charAt(position) == expected) {
      position++;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  /**
   * Reads an item.
   *
   * @param isApart whether there is a comma before it, or nothing; strings and numbers need none
   * @return whether it is one
   */
  private boolean item(List<String> items, boolean isApart, char end) {
    skipBlanks();
    boolean single = skip('\'');
    if (single || skip('"')) {
      String item = string(single ? '\'' : '"');
      if (item != null) {
        items.add(item);
      }
      return item != null;
    }
    int begin = position;
    while (position < text.length() && "[](){},'\"".indexOf(text.charAt(position)) < 0) {
      position++;
    }
    String word = text.substring(begin, position).strip();
    if (word.isEmpty() || position < text.length() && text.charAt(position) != ',' && text.charAt(position) != end) {
      return false;
    }
    String[] numbers = word.split("\\s+");
    if (NUMBER.matcher(numbers[0]).matches()) {
      // NumPy separates numbers by blanks.
      items.addAll(List.of(numbers));
    } else if (isApart && !word.equals("None") && !word.equals("nan")) {
      items.add(word);
    }
    return isApart || NUMBER.matcher(numbers[0]).matches();
  }

  private @Nullable String string(char quote) {
    var item = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == quote) {
        return item.toString();
      }
      if (c != '\\') {
        item.append(c);
      } else if (!escape(item)) {
        return null;
      }
    }
    return null;
  }

  private boolean escape(StringBuilder item) {
    if (position == text.length()) {
      return false;
    }
    char c = text.charAt(position++);
    switch (c) {
      case 'n' -> item.append('\n');
      case 't' -> item.append('\t');
      case 'r' -> item.append('\r');
      case '\\', '\'', '"' -> item.append(c);
      case 'x' -> {
        return codePoint(item, 2);
      }
      case 'u' -> {
        return codePoint(item, 4);
      }
      case 'U' -> {
        return codePoint(item, 8);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean codePoint(StringBuilder item, int digits) {
    if (position + digits > text.length()) {
      return false;
    }
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(text.charAt(position++), 16);
      if (digit < 0 || value > Character.MAX_CODE_POINT) {
        return false;
      }
      value = value * 16 + digit;
    }
    if (!Character.isValidCodePoint(value)) {
      return false;
    }
    item.appendCodePoint(value);
    return true;
  }
}
