package crema.cli;

import crema.run.Languages;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether a report tells metrics by language. */
final class LanguageOptions {
  @Option(names = "--language", paramLabel = "COLUMN",
      description = "Report metrics by language, which this column holds.")
  private @Nullable String column;

  @Option(names = "--detect-language", description = "Report metrics by language, which the texts tell.")
  private boolean detect;

  @Option(names = "--language-min-count", paramLabel = "N", defaultValue = "10",
      description = "Leave out languages of fewer test rows (default: ${DEFAULT-VALUE}).")
  private int minCount;

  @Option(names = "--language-top", paramLabel = "N", defaultValue = "20",
      description = "Report so many languages at most, the largest (default: ${DEFAULT-VALUE}).")
  private int top;

  /** Whether one of the first two options was given. */
  boolean areGiven() {
    return column != null || detect;
  }

  Languages languages() {
    return new Languages(column, detect, minCount, top);
  }
}
