package crema.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Lists on the command line: their items are separated by commas. Between double quotes a comma is part of an item, and
 * two double quotes stand for one, as in CSV. Blanks around other items are left out.
 */
final class CommaSeparated implements IParameterConsumer {
  private static final char QUOTE = '"';

  /** The items of a list. */
  static List<String> split(String text) {
    var items = new ArrayList<String>();
    var item = new StringBuilder();
    boolean isQuoted = false;
    boolean wasQuoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == QUOTE && isQuoted && i + 1 < text.length() && text.charAt(i + 1) == QUOTE) {
        item.append(QUOTE);
        i++;
      } else if (c == QUOTE && (isQuoted || !wasQuoted && item.toString().isBlank())) {
        if (!isQuoted) {
          item.setLength(0);
        }
        isQuoted = !isQuoted;
        wasQuoted = true;
      } else if (c == ',' && !isQuoted) {
        items.add(wasQuoted ? item.toString() : item.toString().strip());
        item.setLength(0);
        wasQuoted = false;
      } else if (isQuoted || !wasQuoted || !Character.isWhitespace(c)) {
        item.append(c);
      }
    }
    items.add(wasQuoted ? item.toString() : item.toString().strip());
    return items;
  }

  /** A list as {@link #split} reads it. */
  static String join(List<String> items) {
    return String.join(",", items.stream().map(item -> item.indexOf(',') < 0 && item.indexOf(QUOTE) < 0
        && item.equals(item.strip()) ? item : QUOTE + item.replace("\"", "\"\"") + QUOTE).toList());
  }

  /** Adds the items of the next argument to an option that is a list of texts. */
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    var items = new ArrayList<String>();
    if (option.getValue() instanceof List<?> before) {
      before.forEach(item -> items.add(String.valueOf(item)));
    }
    items.addAll(split(arguments.pop()));
    option.setValue(items);
  }
}
