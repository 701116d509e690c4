package crema.cli.fuzz;

import crema.base.FileTree;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fuzzes a format with Jazzer, which mutates inputs by what they cover. It runs in a JVM of its own, with limits on the
 * memory and the time of an input. What it found of new inputs stays in the folder of the run, and the next run begins
 * with it.
 *
 * @param format what is fuzzed
 * @param seconds how long; 0 for no limit
 * @param executions how often a target is called; 0 for no limit
 * @param seed of the random numbers
 * @param folder where inputs, findings and a log are kept, a folder a format
 */
record FuzzRun(Format format, long seconds, long executions, long seed, Path folder) {
  private static final int INPUT_SECONDS = 60;
  private static final int HEAP_MEGABYTES = 1024;
  private static final int RESIDENT_MEGABYTES = 4096;
  private static final int MOST_FINDINGS = 20;
  /** A tokenizer has regular expressions, which are its own. */
  private static final String REGULAR_EXPRESSIONS = "com.code_intelligence.jazzer.sanitizers.RegexInjection";
  private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units: (\\d+)");
  private static final Pattern PROGRESS = Pattern.compile("^#(\\d+)\\s", Pattern.MULTILINE);

  /**
   * What came of a run.
   *
   * @param executions how often the target was called
   * @param seconds how long that took
   * @param findings the inputs that broke a promise
   * @param log what Jazzer printed
   */
  record Result(long executions, double seconds, List<Path> findings, Path log) {
    /** In a line, for people. */
    @Override
    public String toString() {
      return "%,d executions in %,.0f s, %,.0f a second, %d findings".formatted(executions, seconds,
          executions / seconds, findings.size());
    }
  }

  /** Runs Jazzer until a limit is reached. */
  Result run() throws IOException, InterruptedException {
    Path place = Files.createDirectories(folder.resolve(format.key())).toAbsolutePath();
    Path inputs = Files.createDirectories(place.resolve("inputs"));
    Path findings = Files.createDirectories(place.resolve("findings"));
    Path seeds = Files.createDirectories(place.resolve("seeds"));
    int longest = 0;
    for (var input : format.corpus().entrySet()) {
      Files.write(seeds.resolve(input.getKey().replace('/', '_')), input.getValue());
      longest = Math.max(longest, input.getValue().length);
    }
    List<Path> before = files(findings);
    Path dictionary = Files.writeString(place.resolve("words.dict"), dictionary());
    Path log = place.resolve("log.txt");
    long began = System.nanoTime();
    var builder = new ProcessBuilder(command(place, inputs, seeds, findings, dictionary, longest))
        .redirectErrorStream(true).redirectOutput(log.toFile());
    // As the launchers say it: names of files may have any characters.
    builder.environment().put("LC_ALL", "C.UTF-8");
    var process = builder.start();
    try {
      process.waitFor();
    } finally {
      process.destroyForcibly().waitFor();
      FileTree.delete(scratch(place));
    }
    List<Path> found = files(findings);
    found.removeAll(before);
    return new Result(executed(Files.readString(log, StandardCharsets.ISO_8859_1)),
        (System.nanoTime() - began) * 1e-9, List.copyOf(found), log);
  }

  private List<String> command(Path place, Path inputs, Path seeds, Path findings, Path dictionary, int longest) {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + HEAP_MEGABYTES + "m",
        "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading", "--add-modules", "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + temporary(place),
        "-cp", System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer", "--target_class=" + FuzzTarget.class.getName(),
        "--target_args=" + format.key() + " " + scratch(place), "--instrumentation_includes=crema.**",
        "--disabled_hooks=" + REGULAR_EXPRESSIONS, "--keep_going=" + MOST_FINDINGS, "--reproducer_path=" + place,
        inputs.toString(), seeds.toString(), "-artifact_prefix=" + findings + File.separator,
        "-dict=" + dictionary, "-timeout=" + INPUT_SECONDS,
        "-report_slow_units=" + INPUT_SECONDS, "-rss_limit_mb=" + RESIDENT_MEGABYTES, "-seed=" + seed,
        "-max_len=" + Math.max(4096, 2 * longest), "-print_final_stats=1"));
    if (seconds > 0) {
      command.add("-max_total_time=" + seconds);
    }
    if (executions > 0) {
      command.add("-runs=" + executions);
    }
    return command;
  }

  /** Files that are written for each input are in memory where the system has a place for that. */
  private static Path temporary(Path place) {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? memory : place;
  }

  private Path scratch(Path place) {
    Path at = temporary(place);
    return at.equals(place) ? place.resolve("scratch")
        : at.resolve("crema-fuzz-" + ProcessHandle.current().pid() + "-" + format.key());
  }

  private static String dictionary() {
    return Mutation.TRAPS.stream().map(FuzzRun::escaped).collect(Collectors.joining("\n", "", "\n"));
  }

  private static String escaped(byte[] word) {
    var text = new StringBuilder("\"");
    for (byte value : word) {
      text.append("\\x%02x".formatted(value & 0xff));
    }
    return text.append('"').toString();
  }

  private static long executed(String log) {
    long last = 0;
    for (Matcher stated = EXECUTED.matcher(log); stated.find();) {
      last = Long.parseLong(stated.group(1));
    }
    if (last > 0) {
      return last;
    }
    for (Matcher progress = PROGRESS.matcher(log); progress.find();) {
      last = Long.parseLong(progress.group(1));
    }
    return last;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      return new ArrayList<>(all.filter(Files::isRegularFile)
          .sorted((a, b) -> Objects.toString(a.getFileName()).compareTo(Objects.toString(b.getFileName()))).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
