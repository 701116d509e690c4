package crema.cli.fuzz;

import crema.base.Keyed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What Jazzer calls: the target of the format that {@code --target_args} names. */
public final class FuzzTarget {
  private static @Nullable Format format;
  private static @Nullable Path scratch;

  private FuzzTarget() {}

  /**
   * Chooses the format, and reads its corpus: what the first reading takes long for is not a matter of an input.
   *
   * @param arguments its key, and a folder to write in
   */
  public static void fuzzerInitialize(String[] arguments) throws IOException {
    format = Keyed.find(Format.class, arguments[0], "format");
    scratch = Files.createDirectories(Path.of(arguments[1]));
    format.corpus().values().forEach(FuzzTarget::fuzzerTestOneInput);
  }

  /** Runs the target; what it throws is a finding. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Format of = Objects.requireNonNull(format);
    Judge.check(of.reader(), of.input(bytes, Objects.requireNonNull(scratch)));
  }
}
