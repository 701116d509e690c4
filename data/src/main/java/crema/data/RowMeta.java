package crema.data;

import crema.base.json.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a row besides its text and its labels. It stays with the row, and with the example that is made of
 * it, so that whoever reports on examples need not read the rows again.
 *
 * @param group the value of the group column, or null
 * @param language the language of the text, or null
 * @param file the name of the file that the row came from
 * @param line the line of that file, from 1, on which the row begins
 * @param kept the values of the columns that are kept, in their order: texts in tables, any JSON in JSON lines
 * @param weight as how many rows it counts in losses and metrics, above 0; usually 1
 * @param picture where its picture is, as {@link PictureColumn#locate} has it, or null
 */
public record RowMeta(@Nullable String group, @Nullable String language, String file, long line, List<JsonNode> kept,
    double weight, @Nullable String picture) {
  /** Of a row that did not come from a file. */
  public static final RowMeta MEMORY = new RowMeta(null, null, "memory", 0);

  /** Copies the list. */
  public RowMeta {
    kept = List.copyOf(kept);
  }

  /** Of a row that counts once. */
  public RowMeta(@Nullable String group, @Nullable String language, String file, long line, List<JsonNode> kept) {
    this(group, language, file, line, kept, 1, null);
  }

  /** Of a row of which nothing more is kept. */
  public RowMeta(@Nullable String group, @Nullable String language, String file, long line) {
    this(group, language, file, line, List.of());
  }

  /** The same with another language. */
  public RowMeta withLanguage(@Nullable String other) {
    return new RowMeta(group, other, file, line, kept, weight, picture);
  }

  /** The same with another weight. */
  public RowMeta withWeight(double other) {
    return new RowMeta(group, language, file, line, kept, other, picture);
  }

  /** The same with another place of its picture; null for none. */
  public RowMeta withPicture(@Nullable String location) {
    return new RowMeta(group, language, file, line, kept, weight, location);
  }

  /** Where the row is: {@code file, line n}. */
  public String location() {
    return file + ", line " + line;
  }
}
