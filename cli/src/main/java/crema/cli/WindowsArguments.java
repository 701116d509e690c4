package crema.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a process on Windows, where {@code java.exe} decodes them by the system's code page, so that
 * titles in most languages arrive as question marks. The launcher also hands on the command line in a variable, which
 * is Unicode.
 */
final class WindowsArguments {
  /** The variable in which {@code crema.cmd} hands on what follows its name. */
  static final String VARIABLE = "CREMA_ARGUMENTS";

  private WindowsArguments() {}

  /**
   * The arguments as they were typed, or as they were decoded where the line does not hold the same ones: {@code
   * java.exe} also expands wildcards.
   */
  static String[] restore(String[] decoded, @Nullable String line) {
    if (line == null) {
      return decoded;
    }
    List<String> typed = split(line);
    if (typed.size() != decoded.length) {
      return decoded;
    }
    for (int i = 0; i < decoded.length; i++) {
      if (isAscii(typed.get(i)) && !typed.get(i).equals(decoded[i])) {
        return decoded;
      }
    }
    return typed.toArray(String[]::new);
  }

  /**
   * Splits a command line as Microsoft's C runtime does: blanks separate; quotes hold blanks together, and two of
   * them within quotes are one; a backslash is itself unless backslashes lead up to a quote, where a pair stands for
   * one and an odd one makes the quote a letter.
   */
  static List<String> split(String line) {
    var arguments = new ArrayList<String>();
    var argument = new StringBuilder();
    boolean started = false;
    boolean quoted = false;
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == '\\') {
        int end = i;
        while (end < line.length() && line.charAt(end) == '\\') {
          end++;
        }
        boolean beforeQuote = end < line.length() && line.charAt(end) == '"';
        argument.repeat('\\', beforeQuote ? (end - i) / 2 : end - i);
        if (beforeQuote && (end - i) % 2 == 1) {
          argument.append('"');
          end++;
        }
        started = true;
        i = end;
      } else if (c == '"') {
        if (quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
          argument.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
        started = true;
        i++;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        if (started) {
          arguments.add(argument.toString());
          argument.setLength(0);
          started = false;
        }
        i++;
      } else {
        argument.append(c);
        started = true;
        i++;
      }
    }
    if (started) {
      arguments.add(argument.toString());
    }
    return arguments;
  }

  private static boolean isAscii(String text) {
    return StandardCharsets.US_ASCII.newEncoder().canEncode(text);
  }
}
