package crema.run;

import crema.base.AtomicFile;
import crema.base.Keyed;
import crema.base.UserError;
import crema.base.json.JsonValues;
import crema.classify.ModelDirectory;
import crema.data.RowAccount;
import crema.data.RowFault;
import crema.settings.JsonFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of the rows of a run as they were read. It is kept in the run's directory until the run ends: one that goes on
 * after it was stopped may not read them all again.
 */
public final class ReadRows {
  private static final String READ = "read";
  private static final String LEFT_OUT = "left_out";

  private ReadRows() {}

  /** Keeps the account of a run, unless it has one. */
  static void keep(RowAccount account, ModelDirectory directory) {
    if (!Files.exists(file(directory))) {
      write(account, directory);
    }
  }

  /** Adds rows to those that were left out for a reason. */
  public static void leaveOut(RowFault fault, long count, ModelDirectory directory) {
    if (count > 0) {
      of(directory).ifPresent(account -> write(account.and(fault, count), directory));
    }
  }

  /** The account of the run in a directory, of which none is used so far; none if its rows came from another run. */
  static Optional<RowAccount> of(ModelDirectory directory) {
    try {
      if (!Files.exists(file(directory))) {
        return Optional.empty();
      }
      Map<String, Object> json = JsonFile.read(file(directory));
      var leftOut = new EnumMap<RowFault, Long>(RowFault.class);
      if (json.get(LEFT_OUT) instanceof Map<?, ?> faults) {
        faults.forEach((key, count) -> leftOut.put(Keyed.find(RowFault.class, String.valueOf(key), "reason"),
            count(count, directory)));
      }
      return Optional.of(new RowAccount(count(json.get(READ), directory), Map.of(), leftOut));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long count(@Nullable Object value, ModelDirectory directory) {
    if (value instanceof Number number && number.longValue() >= 0) {
      return number.longValue();
    }
    throw new UserError(file(directory) + " is damaged: '" + value + "' is no number of rows; delete it");
  }

  private static void write(RowAccount account, ModelDirectory directory) {
    var leftOut = new LinkedHashMap<String, Object>();
    account.leftOut().forEach((fault, count) -> leftOut.put(fault.key(), count));
    try {
      Files.createDirectories(directory.cache());
      AtomicFile.writeText(file(directory),
          JsonValues.toJson(Map.of(READ, account.read(), LEFT_OUT, leftOut)).toPrettyString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path file(ModelDirectory directory) {
    return directory.cache().resolve("rows.json");
  }
}
