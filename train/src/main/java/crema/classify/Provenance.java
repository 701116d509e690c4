package crema.classify;

import crema.base.ByteSource;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

  /** Writes {@code provenance.json}. */
  public void write(Path file) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("crema", crema);
    json.put("created", created);
    json.put("command", command);
    json.put("seed", seed);
    json.put("data_hash", dataHash);
    json.put("train_rows", trainRows);
    json.put("validation_rows", validationRows);
    json.put("test_rows", testRows);
    json.put("steps", steps);
    json.put("best_step", bestStep);
    json.put("java", java);
    JsonFile.write(file, json);
  }

  /**
   * Reads {@code provenance.json}.
   *
   * @throws crema.base.UserError when the file is damaged
   */
  public static Provenance read(ByteSource file) throws IOException {
    return new Fields(file, JsonFile.read(file)).provenance();
  }

  /** The values of a file. */
  private record Fields(ByteSource file, Map<String, @Nullable Object> values) {
    Provenance provenance() {
      return new Provenance(text("crema"), text("created"), texts("command"), number("seed"), text("data_hash"),
          number("train_rows"), number("validation_rows"), number("test_rows"), number("steps"), number("best_step"),
          text("java"));
    }

    String text(String key) {
      return value(key, String.class);
    }

    long number(String key) {
      return value(key, Number.class).longValue();
    }

    List<String> texts(String key) {
      return ((List<?>) value(key, List.class)).stream().map(String::valueOf).toList();
    }

    private <T> T value(String key, Class<T> type) {
      if (!type.isInstance(values.get(key))) {
        throw JsonFile.damaged(file.name(), "its " + key + " is missing or not a "
            + type.getSimpleName().toLowerCase(Locale.ROOT), null);
      }
      return type.cast(values.get(key));
    }
  }
}
