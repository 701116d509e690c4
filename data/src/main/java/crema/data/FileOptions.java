package crema.data;

import crema.base.NearestName;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of how files are written; what is not known is found out from their names, their first bytes and the
 * columns that they must have.
 *
 * @param format the {@linkplain FileFormat#key key} of the format, or null
 * @param separator what stands between fields, or null
 * @param quote what stands around fields that hold separators or line breaks, {@link Csv#UNQUOTED} for none, or null
 * @param hasHeader whether tables begin with the names of their columns; if not, those are called by their numbers, from 1
 * @param encoding the encoding of texts, or null for UTF-8, and UTF-16 where a byte order mark says so
 */
public record FileOptions(
    @Nullable String format, @Nullable String separator, @Nullable Character quote, boolean hasHeader,
    @Nullable Charset encoding) {
  /** Nothing is known. */
  public static final FileOptions UNKNOWN = new FileOptions(null, null, null, true, null);

  /** Checks that they fit together. */
  public FileOptions {
    if (format != null && FileFormat.all().stream().noneMatch(known -> known.key().equals(format))) {
      List<String> keys = FileFormat.all().stream().map(FileFormat::key).toList();
      String suggestion = NearestName.suggestion(format, keys);
      throw new DataException("there is no format '" + format + "'" + (suggestion.isEmpty() ? ";" : suggestion)
          + " there are " + String.join(", ", keys));
    }
    if (separator != null && !separator.matches("[^\n\r]+")) {
      throw new DataException("fields cannot be separated by nothing, nor by line breaks");
    }
    if (quote != null && (quote == '\n' || quote == '\r')) {
      throw new DataException("fields cannot be quoted by a line break");
    }
  }

  /** The same, where something is not known, as others say. */
  public FileOptions orElse(FileOptions others) {
    return new FileOptions(format != null ? format : others.format, separator != null ? separator : others.separator,
        quote != null ? quote : others.quote, hasHeader && others.hasHeader,
        encoding != null ? encoding : others.encoding);
  }

  /**
   * The format of a file: the one that is known, or that its name or its first bytes say; nothing if none is.
   *
   * @throws DataException if quotes are known and the file is no table
   */
  public Optional<FileFormat> formatOf(DataFile file) {
    if (separator != null) {
      return Optional.of(quoted(separator.equals("\t") && !"csv".equals(format) ? new Tsv() : new Csv(separator)));
    }
    Optional<FileFormat> found = format == null ? FileFormat.find(file)
        : FileFormat.all().stream().filter(known -> known.key().equals(format)).findFirst();
    if (quote != null && found.isPresent()) {
      if (!(found.get() instanceof Delimited table)) {
        throw new DataException(file.name() + " is read as " + found.get().key()
            + ", in which nothing stands around fields: leave out --quote, or say --input-format csv");
      }
      return Optional.of(quoted(table));
    }
    return found;
  }

  /**
   * A table whose fields are quoted as is known.
   *
   * @throws DataException if they are separated by the same character
   */
  Delimited quoted(Delimited table) {
    if (quote != null && table.separator().indexOf(quote) >= 0) {
      throw new DataException("fields cannot be quoted by '" + quote + "', which separates them");
    }
    return quote == null ? table : new Csv(table.separator(), table instanceof Csv csv ? csv.skipped() : 0, quote);
  }
}
