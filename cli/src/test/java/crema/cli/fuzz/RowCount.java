package crema.cli.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The rows of a file, counted in another way than Crema does: no columns, labels or quotes are understood more than it
 * takes to see where a row ends.
 */
final class RowCount {
  private RowCount() {}

  /** The rows of a file of the corpus that was damaged; nothing where it takes more than this to count them. */
  static OptionalLong of(Path file) throws IOException {
    String name = Objects.toString(file.getFileName());
    byte[] bytes = Files.readAllBytes(file);
    boolean isCompressed = bytes.length > 1 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b;
    boolean isWide = bytes.length > 1 && ((bytes[0] & 0xff) >= 0xfe || bytes[0] == 0 || bytes[1] == 0);
    // Bytes of ASCII, by which rows end, are the same in UTF-8 and in Latin-1.
    String text = new String(bytes, StandardCharsets.ISO_8859_1).replaceFirst("^\u00EF\u00BB\u00BF", "");
    boolean isOldMac = text.indexOf('\r') >= 0 && text.indexOf('\n') < 0;
    if (isCompressed || isWide || isOldMac || text.startsWith("[") || text.startsWith("sep=")) {
      return OptionalLong.empty();
    }
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      // A carriage return alone ends a line here, and may be part of a field there.
      case "tsv" -> text.indexOf('\r') >= 0 ? OptionalLong.empty() : OptionalLong.of(lines(text, false) - 1);
      case "txt", "jsonl" -> OptionalLong.of(lines(text, true));
      case "csv" -> text.indexOf('\r') >= 0 ? OptionalLong.empty() : OptionalLong.of(records(text) - 1);
      default -> OptionalLong.empty();
    };
  }

  private static long lines(String text, boolean skipsBlank) {
    return text.lines().filter(line -> !(skipsBlank ? line.isBlank() : line.isEmpty())).count();
  }

  /** Records of comma-separated values: a quote counts where a field begins, and until it is closed no record ends. */
  private static long records(String text) {
    long records = 0;
    boolean quoted = false;
    boolean begins = true;
    boolean any = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          i++;
        } else {
          quoted = c != '"';
        }
      } else if (c == '\n') {
        records += any ? 1 : 0;
        begins = true;
        any = false;
        continue;
      } else {
        quoted = c == '"' && begins;
        begins = c == ',';
      }
      any = true;
    }
    return records + (any ? 1 : 0);
  }
}
