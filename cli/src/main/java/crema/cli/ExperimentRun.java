package crema.cli;

import crema.base.AtomicFile;
import crema.base.Sha256;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.classify.ModelDirectory;
import crema.cli.console.Terminal;
import crema.report.ComparedRun;
import crema.report.TerminalStyle;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of an experiment: a config with a seed. It has a model directory, a log of what the run printed, and beside
 * them a note of its settings and of the time that it took, by which a finished run is known and an interrupted one
 * goes on.
 *
 * @param name of the config
 * @param configs its files, the most important last
 * @param seed its seed
 * @param more further options of {@code crema train}
 * @param folder where the runs of the config are written
 */
record ExperimentRun(String name, List<Path> configs, long seed, List<String> more, Path folder) {
  private static final String SETTINGS = "settings";
  private static final String SECONDS = "seconds";

  /** What was noted of a run: a digest of its settings, and how many seconds it took so far. */
  private record Note(String settings, double seconds) {
    static final Note NONE = new Note("", 0);
  }

  /** The model directory. */
  ModelDirectory directory() {
    return new ModelDirectory(folder.resolve("seed-" + seed));
  }

  /** What the run printed. */
  Path log() {
    return folder.resolve("seed-" + seed + ".log");
  }

  private Path note() {
    return folder.resolve("seed-" + seed + ".json");
  }

  /** Whether the run was finished with the settings that it has now. */
  boolean isFinished() throws IOException {
    return directory().isFinished() && readNote().settings().equals(settings());
  }

  /** Trains, from where the run was left if its settings are still the same, and returns the exit code. */
  int train() throws IOException {
    Files.createDirectories(folder);
    Note before = readNote();
    boolean same = before.settings().equals(settings());
    double secondsBefore = same ? before.seconds() : 0;
    write(new Note(settings(), secondsBefore));
    var arguments = new ArrayList<>(List.of("train"));
    for (Path config : configs) {
      arguments.addAll(List.of(TrainCommand.CONFIG, config.toString()));
    }
    arguments.addAll(List.of("--seed", Long.toString(seed), "--output", directory().path().toString(),
        same ? "--resume" : "--overwrite"));
    arguments.addAll(more);
    long began = System.nanoTime();
    try (var log = new PrintStream(new BufferedOutputStream(Files.newOutputStream(log(), StandardOpenOption.CREATE,
        same ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)), true, StandardCharsets.UTF_8)) {
      var terminal = new Terminal(InputStream.nullInputStream(), log, log, TerminalStyle.PLAIN, false,
          TerminalStyle.PLAIN.columns());
      return Crema.run(terminal, arguments.toArray(String[]::new));
    } finally {
      write(new Note(settings(), secondsBefore + (System.nanoTime() - began) * 1e-9));
    }
  }

  /** The last thing that Crema said in the log: of a run that failed, why. */
  String lastMessage() throws IOException {
    return Files.readAllLines(log()).stream().filter(line -> line.startsWith("crema: "))
        .reduce("", (_, line) -> line.substring("crema: ".length()));
  }

  /** The run, finished, as it is compared with others. */
  ComparedRun result() throws IOException {
    return ComparedRun.read(name, seed, Duration.ofMillis(Math.round(readNote().seconds() * 1000)),
        directory().metrics(), directory().testOutcomes());
  }

  /** A digest of all that decides on the run. */
  private String settings() throws IOException {
    var digest = new Sha256();
    for (Path config : configs) {
      digest.add(Files.readAllBytes(config)).add((byte) 0);
    }
    return digest.add(seed + "\n" + String.join("\n", more)).hex();
  }

  private Note readNote() throws IOException {
    if (!Files.exists(note())) {
      return Note.NONE;
    }
    try {
      JsonNode json = Json.parse(Files.readString(note()));
      return new Note(json.path(SETTINGS).asString(""), json.path(SECONDS).asDouble(0));
    } catch (JsonException e) {
      // A damaged note says nothing: the run starts over.
      return Note.NONE;
    }
  }

  private void write(Note note) throws IOException {
    AtomicFile.writeText(note(),
        new ObjectNode().put(SETTINGS, note.settings()).put(SECONDS, note.seconds()) + "\n");
  }
}
