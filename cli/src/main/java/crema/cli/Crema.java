package crema.cli;

import crema.base.NearestName;
import crema.base.UserError;
import crema.classify.Provenance;
import crema.cli.console.CommandTable;
import crema.cli.console.ErrorStream;
import crema.cli.console.Terminal;
import crema.cli.fasttext.FastTextCommand;
import crema.settings.Setting;
import crema.tensor.Backend;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 done, 1 a bug, 2 a mistake of the user's, 3 done, but for texts that had no answer, 130
 * interrupted and saved.
 */
@Command(
    name = "crema",
    mixinStandardHelpOptions = true,
    versionProvider = Crema.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Trains text classifiers and uses them: product titles in, categories out.",
    footer = {
        "",
        "Examples:",
        "  crema quickstart",
        "  crema train --train titles.csv --text title --label category --output models/titles",
        "  crema predict models/titles \"bosch serie 6 washing machine 9kg\"",
        "",
        "'crema COMMAND --help' explains a command."
    })
public final class Crema implements Runnable {
  /** Exit code of a mistake of the user's. */
  static final int MISTAKE = 2;

  /** Exit code where some texts were empty or could not be read, and all others were answered. */
  static final int UNANSWERED = 3;

  /** Exit code of a bug. */
  static final int BUG = 1;

  private final Terminal terminal;

  @Spec
  private @Nullable CommandSpec spec;

  private Crema(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    ErrorStream.takeBack();
    // Numbers are written in one way in every country, as texts are in one language.
    Locale.setDefault(Locale.ROOT);
    // What libraries tell of themselves is of no use to who calls a command.
    Logger.getLogger("").setLevel(Level.WARNING);
    Terminal terminal = Terminal.system();
    Backend.advice().forEach(line -> terminal.err().println("crema: " + line));
    int code = run(terminal, WindowsArguments.restore(arguments, System.getenv(WindowsArguments.VARIABLE)));
    terminal.out().flush();
    terminal.err().flush();
    System.exit(code);
  }

  /** Runs a command on the given streams and returns its exit code. */
  static int run(Terminal terminal, String... given) {
    String[] arguments = withoutHelpCommand(given);
    CommandLine line = line(terminal, arguments);
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      mistake(terminal, describe(e, line));
      return MISTAKE;
    }
  }

  /** {@code help}, which is no command, as the option of the command after it, or of {@code crema} itself. */
  private static String[] withoutHelpCommand(String... arguments) {
    if (arguments.length == 0 || !arguments[0].equals("help")) {
      return arguments;
    }
    return Stream.concat(Arrays.stream(arguments).skip(1), Stream.of("--help")).toArray(String[]::new);
  }

  /** The command line, with the command that is called, or with all of them if none is. */
  static CommandLine line(Terminal terminal, String... arguments) {
    var line = new CommandLine(new Crema(terminal));
    commands(terminal, arguments).addTo(line, arguments.length == 0 ? null : arguments[0]);
    line.setOut(new PrintWriter(terminal.out(), true));
    line.setErr(new PrintWriter(terminal.err(), true));
    line.setColorScheme(CommandLine.Help.defaultColorScheme(
        terminal.outStyle().colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setUsageHelpWidth(Math.min(terminal.columns(), 110));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // A text such as "@home" is a text, though there may be a file of that name.
    line.setExpandAtFiles(false);
    NumberFlags.register(line);
    line.registerConverter(Path.class, Crema::path);
    line.setExecutionStrategy(called -> watched(terminal, called));
    line.setParameterExceptionHandler((mistake, _) -> {
      mistake(terminal, describe(mistake));
      return MISTAKE;
    });
    line.setExecutionExceptionHandler((failure, _, _) -> report(terminal, failure));
    return line;
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'" + text + "' is no file name: " + e.getReason());
    }
  }

  /** A command that knows which of its settings take memory as it was called. */
  interface MemoryUser {
    /** Those that take the less the smaller they are. */
    List<Setting<?>> memorySettings();
  }

  /** A command that keeps what it has done when it is interrupted. */
  interface Resumable {
    /** What is said then; empty if the command says it itself. */
    String kept();
  }

  /** A command that trains, and says itself what is kept when it is interrupted. */
  interface Trains extends Resumable {
    @Override
    default String kept() {
      return "";
    }
  }

  /** Runs what was called so that Ctrl-C ends it soon. */
  private static int watched(Terminal terminal, CommandLine.ParseResult called) {
    CommandLine.ParseResult last = called;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    Object command = last.commandSpec().userObject();
    return command instanceof Trains ? new CommandLine.RunLast().execute(called)
        : Interruption.watch(terminal, command instanceof Resumable resumable ? resumable.kept() : "",
            () -> new CommandLine.RunLast().execute(called));
  }

  /** What to do about it, of what the command has. */
  private static String describe(OutOfMemoryError e, CommandLine line) {
    CommandLine called = line;
    while (called.getParseResult() != null && called.getParseResult().hasSubcommand()) {
      called = called.getParseResult().subcommand().commandSpec().commandLine();
    }
    List<String> flags = called.getCommand() instanceof MemoryUser user
        ? user.memorySettings().stream().map(setting -> "--" + setting.name()).toList() : List.of();
    long gibibytes = Math.max(2, Math.ceilDiv(2 * Runtime.getRuntime().maxMemory(), 1L << 30));
    return "out of memory (" + e.getMessage() + "): give the JVM more with CREMA_JAVA_FLAGS=-Xmx" + gibibytes + "g"
        + (flags.isEmpty() ? "" : ", or take a smaller " + String.join(" or ", flags));
  }

  private static CommandTable commands(Terminal terminal, String... arguments) {
    return new CommandTable()
        .add("quickstart", () -> new QuickstartCommand(terminal))
        .add("train", () -> TrainCommand.line(terminal))
        .add("stack", () -> StackCommand.line(terminal))
        .add("distill", () -> DistillCommand.line(terminal))
        .add("experiment", () -> ExperimentCommand.line(terminal))
        .add("tune", () -> TuneCommand.line(terminal))
        .add("evaluate", () -> EvaluateCommand.line(terminal))
        .add("data", () -> DataCommand.line(terminal))
        .add("errors", () -> ErrorsCommand.line(terminal))
        .add("audit", () -> AuditCommand.line(terminal))
        .add("predict", () -> new PredictCommand(terminal))
        .add("explain", () -> new ExplainCommand(terminal))
        .add("pretrain", () -> PretrainCommand.line(terminal))
        .add("perplexity", () -> new PerplexityCommand(terminal))
        .add("info", () -> new InfoCommand(terminal))
        .add("categories", () -> new CommandLine(new CategoriesCommand(terminal))
            .addSubcommand(new CategoriesCommand.Add(terminal))
            .addSubcommand(new CategoriesCommand.ListAll(terminal)))
        .add("pack", () -> new PackCommand(terminal))
        .add("export", () -> new ExportCommand(terminal))
        .add("merge", () -> new MergeCommand(terminal))
        .add("latency", () -> new LatencyCommand(terminal))
        .add("embed", () -> new EmbedCommand(terminal))
        .add("similar", () -> new SimilarCommand(terminal))
        .add("pictures", () -> new PicturesCommand(terminal))
        .add("pull", () -> new PullCommand(terminal))
        .add("models", () -> new ModelsCommand(terminal))
        .add("tokenizer", () -> new CommandLine(new TokenizerCommand(terminal))
            .addSubcommand(new TokenizerCommand.Train(terminal)))
        .add("langid", () -> new LangidCommand(terminal))
        .add("langid-train", () -> new LangidTrainCommand(terminal))
        .add("fasttext", () -> FastTextCommand.line(terminal, arguments.length < 2 ? null : arguments[1]))
        .add("rehearse", () -> new RehearseCommand(terminal));
  }

  private static @Nullable String describe(CommandLine.ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    if (command.getCommand() instanceof SettingOptions.Command settings) {
      Optional<UserError> wrongType = SettingOptions.wrongType(mistake, settings);
      if (wrongType.isPresent()) {
        return wrongType.get().getMessage();
      }
    }
    List<String> unknown = command.getUnmatchedArguments();
    String help = " (see '" + command.getCommandSpec().qualifiedName() + " --help')";
    // A misspelt option is often why a required one is missing: it is the one to name.
    if (unknown.isEmpty() || !(mistake instanceof MissingParameterException
        || mistake instanceof UnmatchedArgumentException)) {
      return mistake.getMessage() + help;
    }
    String first = unknown.getFirst();
    return (first.startsWith("-") && command.getCommand() instanceof SettingOptions.Command settings
        ? SettingOptions.unknown(first.split("=", 2)[0], settings).getMessage()
        : describe(command.getCommandSpec(), first)) + help;
  }

  private static String describe(CommandSpec command, String unknown) {
    if (!unknown.startsWith("-")) {
      String what = command.subcommands().isEmpty() ? "Unknown argument '" : "Unknown command '";
      // A shell makes several arguments of one pattern.
      return what + unknown + "'" + (command.subcommands().isEmpty() && Files.exists(Path.of(unknown))
          ? "; several files are given with commas between them"
          : NearestName.suggestion(unknown, command.subcommands().keySet()));
    }
    String name = unknown.split("=", 2)[0];
    return "Unknown option '" + name + "'" + NearestName.suggestion(name, command.optionsMap().keySet());
  }

  private static int report(Terminal terminal, Exception failure) {
    switch (failure) {
      case UserError mistake -> mistake(terminal, mistake.getMessage());
      case UncheckedIOException unchecked when unchecked.getCause() != null ->
          mistake(terminal, describe(unchecked.getCause()));
      case IOException io -> mistake(terminal, describe(io));
      case InvalidPathException name -> mistake(terminal, describe(name));
      default -> {
        failure.printStackTrace(terminal.err());
        terminal.err().println("crema: this is a bug in Crema; please report it with the lines above");
        return BUG;
      }
    }
    return MISTAKE;
  }

  private static void mistake(Terminal terminal, @Nullable String message) {
    terminal.out().flush();
    terminal.err().println("crema: " + oneLine(message));
  }

  /** What went wrong with a file, in words: the file system's own messages are often only the name. */
  static String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case FileSystemException system when system.getReason() != null -> system.getFile() + ": " + system.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /** What is wrong with a name that no file can have here. */
  private static String describe(InvalidPathException e) {
    boolean hasAllNames = StandardCharsets.UTF_8.name().equals(System.getProperty("sun.jnu.encoding"));
    return "'" + e.getInput() + "' is no name of a file: " + e.getReason()
        + (hasAllNames || e.getInput().indexOf('\0') >= 0 ? ""
            : "; names beyond ASCII need LC_ALL=C.UTF-8, or another locale with UTF-8, in the environment");
  }

  /** A message as one line that cannot steer a terminal nor fill it: what files hold may be part of it. */
  private static String oneLine(@Nullable String message) {
    String line = Objects.requireNonNullElse(message, "no further information").strip().replaceAll("\\s*\\R\\s*", " ")
        .replaceAll("[\\p{Cntrl}&&[^\\t]]", "\uFFFD");
    return UserError.cut(line);
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().usage(terminal.out());
  }

  /** The version from the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"crema " + Provenance.version()};
    }
  }
}
