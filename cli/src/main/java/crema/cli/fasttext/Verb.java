package crema.cli.fasttext;

import crema.base.UserError;
import crema.cli.console.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** A verb of the original program. What the engine refuses is a mistake of the user's. */
abstract class Verb implements Callable<Integer> {
  /** In place of a file's name: read standard input. */
  private static final String STANDARD_INPUT = "-";

  private final Terminal terminal;

  Verb(Terminal terminal) {
    this.terminal = terminal;
  }

  abstract void run() throws IOException;

  @Override
  public final Integer call() throws IOException {
    try {
      run();
      return 0;
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  final Terminal terminal() {
    return terminal;
  }

  /** The text of a file, or standard input for {@code -}. */
  final StandardInput open(String file) throws IOException {
    return new StandardInput(file.equals(STANDARD_INPUT) ? terminal.in() : openFile(file), terminal.out());
  }

  /** Standard input. */
  final StandardInput input() {
    return new StandardInput(terminal.in(), terminal.out());
  }

  private static InputStream openFile(String file) throws IOException {
    return Files.newInputStream(requireFile(Path.of(file)));
  }

  /** Refuses a folder, of which a stream only says that it cannot be read. */
  static Path requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw new UserError(file + " is a directory, not a file of text");
    }
    return file;
  }
}
