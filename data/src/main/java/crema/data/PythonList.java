package crema.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists of strings as Python's {@code repr} writes them, and so pandas a column of lists: {@code ['Fruit', "it's"]}. The
 * escapes are those of Python's string literals, without names of characters.
 */
final class PythonList {
  private final String text;
  private int position;

  private PythonList(String text) {
    this.text = text;
  }

  /** The strings of a list; null if the text is none. */
  static @Nullable List<String> read(String text) {
    var list = new PythonList(text);
    List<String> items = list.items();
    return items != null && list.position == text.length() ? items : null;
  }

  private @Nullable List<String> items() {
    var items = new ArrayList<String>();
    if (!skip('[')) {
      return null;
    }
    while (!skip(']')) {
      if (!items.isEmpty() && !skip(',')) {
        return null;
      }
      // A comma may stand behind the last item.
      if (!items.isEmpty() && skip(']')) {
        return items;
      }
      String item = item();
      if (item == null) {
        return null;
      }
      items.add(item);
    }
    return items;
  }

  /** Skips white space and then that character, if it is there. */
  private boolean skip(char expected) {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
    if (position < text.length() && text.charAt(position) == expected) {
      position++;
      return true;
    }
    return false;
  }

  private @Nullable String item() {
    boolean single = skip('\'');
    if (!single && !skip('"')) {
      return null;
    }
    char quote = single ? '\'' : '"';
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
