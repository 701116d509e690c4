package crema.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Kills a command at random moments, goes on with it until it ends, begins again, and compares the files of each end with
 * those of a run that nobody killed.
 *
 * @param command what is killed
 * @param files that the words in capitals of commands stand for
 * @param kills how often
 * @param shortest the least part of the time of the unbroken run after which a process is killed
 * @param seed of the moments
 * @param folder where runs and logs are written
 */
record KilledRuns(KilledCommand command, Map<String, Path> files, int kills, double shortest, long seed, Path folder) {
  private static final int MINUTES = 5;

  /**
   * What came of it.
   *
   * @param seconds that the unbroken run took
   * @param kills how many processes were killed
   * @param progressed after how many of them more was kept than before
   * @param idle the seconds that the others had
   * @param ends how many runs ended
   * @param differing the files that differ from those of the unbroken run
   */
  record Result(double seconds, int kills, int progressed, List<Double> idle, int ends, List<String> differing) {
    /** In a line, for people. */
    @Override
    public String toString() {
      return String.format(Locale.ROOT,
          "%.1f s unbroken; %d kills, %d of them with progress%s; %d ends, %d files differ%s",
          seconds, kills, progressed, idle.isEmpty() ? "" : idle.stream()
              .map(each -> String.format(Locale.ROOT, "%.1f s", each))
              .collect(Collectors.joining(", ", ", none in ", "")),
          ends, differing.size(), differing.isEmpty() ? "" : ": " + String.join(", ", differing));
    }
  }

  /** Kills and compares. */
  Result run() throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    long began = System.nanoTime();
    finish(command.start(files, whole));
    double seconds = (System.nanoTime() - began) * 1e-9;
    Map<String, String> expected = RunFiles.contents(whole);
    var random = new Random(seed + command.key().hashCode());
    var differing = new TreeSet<String>();
    var idle = new ArrayList<Double>();
    int killed = 0;
    int progressed = 0;
    int ends = 0;
    while (killed < kills) {
      Path output = folder.resolve("killed-" + ends);
      boolean isOver = false;
      while (!isOver && killed < kills) {
        Map<String, String> before = kept(output);
        double moment = seconds * (shortest + (1 - shortest) * random.nextDouble());
        boolean isFirst = !Files.exists(output);
        began = System.nanoTime();
        Process process = start(command.next(files, output));
        isOver = ended(process, moment);
        if (isOver) {
          require(process);
          // Where the machine had more to do at first, runs would end before they are killed.
          seconds = isFirst ? (System.nanoTime() - began) * 1e-9 : seconds;
        } else {
          killed++;
          if (kept(output).equals(before)) {
            idle.add(moment);
          } else {
            progressed++;
          }
        }
      }
      if (!isOver) {
        finish(command.next(files, output));
      }
      ends++;
      for (String name : RunFiles.differing(expected, RunFiles.contents(output))) {
        differing.add(output.getFileName() + "/" + name);
      }
    }
    return new Result(seconds, killed, progressed, idle, ends, List.copyOf(differing));
  }

  private void finish(List<String> arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    if (!ended(process, MINUTES * 60)) {
      throw new AssertionError(String.join(" ", arguments) + " did not end in " + MINUTES + " minutes\n" + log());
    }
    require(process);
  }

  private void require(Process process) throws IOException {
    if (process.exitValue() != 0 && !wasOver(process)) {
      throw new AssertionError(command + " ended with " + process.exitValue() + "\n" + log());
    }
  }

  /** Whether the kill before came when all was written, and the process had but to end. */
  private boolean wasOver(Process process) throws IOException {
    return process.exitValue() == 2 && log().contains(" is finished; ");
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
  }

  private Process start(List<String> arguments) throws IOException {
    // Scalar code has the same bits, and is fast without the compiler that takes long.
    var line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
        "crema.cli.Crema"));
    line.addAll(arguments);
    return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
  }

  /** Waits for a process to end, or kills it when it has run so long; returns whether it ended. */
  private static boolean ended(Process process, double seconds) throws InterruptedException {
    try {
      return process.waitFor(Math.round(seconds * 1000), TimeUnit.MILLISECONDS);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** What a run can go on from: all but what is written at its beginning, and logs. */
  private Map<String, String> kept(Path output) throws IOException {
    var kept = new TreeMap<String, String>();
    var places = new ArrayList<>(List.of(output));
    places.add(files.get("VECTORS"));
    places.add(files.get("PICTURES"));
    for (Path place : places) {
      for (Path file : RunFiles.of(place)) {
        String name = place.relativize(file).toString();
        if (!name.matches("(.*/)?(train(ing)?\\.(yaml|json)|provenance\\.json|.*\\.lock|log\\.jsonl)")) {
          kept.put(file.toString(), Files.size(file) + " " + Files.getLastModifiedTime(file));
        }
      }
    }
    return kept;
  }
}
