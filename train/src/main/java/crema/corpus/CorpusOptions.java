package crema.corpus;

import crema.base.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a corpus is built from, and how.
 *
 * @param zip the archive
 * @param map the table of clusters; null to look for it in the archive and beside it
 * @param classes those whose offers become rows
 * @param validation the share of validation rows, from 0
 * @param test the share of test rows, from 0; together less than 1
 * @param seed deals the clusters out
 * @param fullSplit the name of a further split of all rows, or null
 * @param addsLanguage whether rows have a language
 * @param skipsDamaged whether to go on after a member that ends too early
 * @param checkpointBytes after so many bytes of members it is kept how far the work has come
 * @param rowMemory how many bytes rows may take in memory, twice
 */
public record CorpusOptions(
    Path zip,
    @Nullable Path map,
    List<String> classes,
    double validation,
    double test,
    long seed,
    @Nullable String fullSplit,
    boolean addsLanguage,
    boolean skipsDamaged,
    long checkpointBytes,
    long rowMemory) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final int MOST_CLASSES = 100;
  private static final long CHECKPOINT = 512L << 20;
  private static final long ROW_MEMORY = 48L << 20;

  /** Checks the choices. */
  public CorpusOptions {
    classes = List.copyOf(classes);
    if (!(validation >= 0 && test >= 0 && validation + test < 1)) {
      throw new UserError(
          "--validation and --test must be from 0 and together less than 1, but are " + validation + " and "
              + test);
    }
    if (classes.isEmpty() || classes.size() > MOST_CLASSES || classes.stream().distinct().count() < classes.size()
        || classes.stream().anyMatch(String::isBlank)) {
      throw new UserError("--classes must be from 1 to " + MOST_CLASSES + " different names, not '"
          + String.join(",", classes) + "'");
    }
    String full = fullSplit;
    if (full != null && (!NAME.matcher(full).matches()
        || Stream.of(CorpusSplit.values()).anyMatch(split -> split.key().equals(full)))) {
      throw new UserError(
          "--full-split must be a name of letters, digits, - and _ that is no other split's, not '" + full
              + "'");
    }
  }

  /** The six classes in the shares of the followed system: 5% for validation, 10% for the test. */
  public static CorpusOptions of(Path zip) {
    return new CorpusOptions(zip, null, LspcClasses.SIX, 0.05, 0.1, 1, null, false, false, CHECKPOINT, ROW_MEMORY);
  }

  /** The same with another table of clusters. */
  public CorpusOptions withMap(@Nullable Path other) {
    return new CorpusOptions(zip, other, classes, validation, test, seed, fullSplit, addsLanguage, skipsDamaged,
        checkpointBytes, rowMemory);
  }

  /** The same with other classes. */
  public CorpusOptions withClasses(List<String> others) {
    return new CorpusOptions(zip, map, others, validation, test, seed, fullSplit, addsLanguage, skipsDamaged,
        checkpointBytes, rowMemory);
  }

  /** The same with another deal. */
  public CorpusOptions withSplits(double newValidation, double newTest, long newSeed, @Nullable String newFullSplit) {
    return new CorpusOptions(zip, map, classes, newValidation, newTest, newSeed, newFullSplit, addsLanguage,
        skipsDamaged,
        checkpointBytes, rowMemory);
  }

  /** The same with languages. */
  public CorpusOptions withLanguages() {
    return new CorpusOptions(zip, map, classes, validation, test, seed, fullSplit, true, skipsDamaged, checkpointBytes,
        rowMemory);
  }

  /** The same, going on after members that end too early. */
  public CorpusOptions skippingDamaged() {
    return new CorpusOptions(zip, map, classes, validation, test, seed, fullSplit, addsLanguage, true, checkpointBytes,
        rowMemory);
  }

  /** The same with other bounds, on which no result depends. */
  public CorpusOptions withBounds(long newCheckpointBytes, long newRowMemory) {
    return new CorpusOptions(zip, map, classes, validation, test, seed, fullSplit, addsLanguage, skipsDamaged,
        newCheckpointBytes, newRowMemory);
  }
}
