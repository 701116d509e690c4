package crema.cli;

import crema.data.FileOptions;
import crema.run.DataSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How files are written, where it is not to be found out. */
final class FileFlags {
  @Option(names = "--input-format", paramLabel = "NAME",
      description = "How files are written: jsonl, csv, tsv, fasttext, parquet, excel (default: as their names or first "
          + "bytes say).")
  private @Nullable String format;

  @Option(names = "--separator", paramLabel = "TEXT",
      description = "What stands between fields: one character or several, or tab (default: the one by which the header "
          + "has the columns).")
  private @Nullable String separator;

  @Option(names = "--quote", paramLabel = "CHARACTER",
      description = "What stands around fields that hold separators or line breaks: a character, or none (default: as the "
          + "extension and the rows say: \" in CSV, none in TSV).")
  private @Nullable String quote;

  @Option(names = "--no-header",
      description = "Tables have no header; columns are called by their numbers, from 1.")
  private boolean noHeader;

  @Option(names = "--encoding", paramLabel = "NAME",
      description = "The encoding of files, such as ISO-8859-1 (default: UTF-8, or UTF-16 with its mark).")
  private @Nullable String encoding;

  @Option(names = "--missing", paramLabel = "WORD", parameterConsumer = CommaSeparated.class,
      description = "Cells that are one of these words are empty (default: NaN, null, None, N/A and others that pandas "
          + "writes, or as in training).")
  private List<String> missing = new ArrayList<>();

  /** The words that mean no value; empty if the flags do not say. */
  List<String> missing() {
    return missing;
  }

  /** What the flags say. */
  FileOptions options() {
    return DataSettings.fileOptions(format, separator, quote, !noHeader, encoding);
  }
}
