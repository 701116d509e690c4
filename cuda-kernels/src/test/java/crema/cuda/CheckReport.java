package crema.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * What a check of a device found, written line by line, so that nothing is lost when a later part fails: {@code
 * results.jsonl} for programs and {@code table.txt} for people.
 */
public final class CheckReport {
  private final Path folder;

  /** A report in a folder, which is made. */
  public CheckReport(Path folder) {
    this.folder = folder;
  }

  /** Where it is written. */
  public Path folder() {
    return folder;
  }

  /** A result: its section, its name, then keys and values in turn. */
  public void row(String section, String name, Object... pairs) {
    var json = new StringBuilder("{\"section\": ").append(quoted(section)).append(", \"name\": ").append(quoted(name));
    var line = new StringBuilder(String.format(Locale.ROOT, "%-11s %-44s", section, name));
    for (int i = 0; i < pairs.length; i += 2) {
      json.append(", ").append(quoted(pairs[i])).append(": ")
          .append(isFinite(pairs[i + 1]) ? text(pairs[i + 1]) : quoted(pairs[i + 1]));
      line.append(' ').append(pairs[i]).append(' ').append(text(pairs[i + 1]));
    }
    append("results.jsonl", json.append('}').toString());
    append("table.txt", line.toString());
    System.out.println(line);
  }

  private static boolean isFinite(Object value) {
    return value instanceof Number number && Double.isFinite(number.doubleValue());
  }

  private static String text(Object value) {
    if (!(value instanceof Double number)) {
      return String.valueOf(value);
    }
    double size = Math.abs(number);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 || size == 0 ? "%.2f" : "%.3g", number);
  }

  private static String quoted(Object value) {
    return '"' + String.valueOf(value).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ") + '"';
  }

  private void append(String file, String line) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
