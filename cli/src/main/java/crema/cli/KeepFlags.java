package crema.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which columns of a file of texts are repeated beside the answers, so that both can be joined. */
final class KeepFlags {
  @Option(names = "--keep", paramLabel = "COLUMN", parameterConsumer = CommaSeparated.class,
      description = "Columns of the file whose values each answer repeats, such as an id.")
  private List<String> columns = new ArrayList<>();

  @Option(names = "--keep-all", description = "Repeat all columns of the file.")
  private boolean all;

  /** Whether any are to be repeated. */
  boolean any() {
    return all || !columns.isEmpty();
  }

  /** Which of the columns of a file are repeated, in which order. */
  List<String> of(List<String> existing) {
    return all ? existing : columns;
  }
}
