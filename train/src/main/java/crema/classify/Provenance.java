package crema.classify;

import java.util.List;
import java.util.Objects;

/**
 * Where a model comes from: enough to make it again.
 *
 * @param crema the version that trained it
 * @param created when, in UTC (ISO 8601)
 * @param command the command line
 * @param seed the run's seed
 * @param dataHash the SHA-256 of the training, validation and test rows
 * @param trainRows the number of training rows
 * @param validationRows the number of validation rows
 * @param testRows the number of test rows
 * @param steps training steps made
 * @param bestStep the step whose weights these are
 * @param java the Java runtime
 */
public record Provenance(
    String crema,
    String created,
    List<String> command,
    long seed,
    String dataHash,
    long trainRows,
    long validationRows,
    long testRows,
    long steps,
    long bestStep,
    String java) {
  /** Copies the command line. */
  public Provenance {
    command = List.copyOf(command);
  }

  /** The version of this build, from the jar's manifest. */
  public static String version() {
    return Objects.requireNonNullElse(Provenance.class.getPackage().getImplementationVersion(), "development");
  }
}
