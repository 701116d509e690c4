package crema.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** A command whose options can be given by config files. */
interface Configurable {
  /** The config files that a command line names, the most important last. */
  List<Path> configs(ParseResult given);
}
