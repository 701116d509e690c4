package crema.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PTX that is checked in is what the sources give, and {@code kernels.tsv} says what is in it. */
class PtxFreshnessTest {
  private static final Path MODULE = Files.exists(Path.of("src/main/cuda")) ? Path.of("") : Path.of("cuda-kernels");
  private static final Path SOURCES = MODULE.resolve("src/main/cuda/crema/cuda");
  private static final Path PTX = MODULE.resolve("src/main/resources/crema/cuda");
  private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(.*)\"");
  private static final Pattern ENTRY = Pattern.compile("(?m)^\\.visible \\.entry (\\w+)\\(");
  private static final Pattern TARGETS = Pattern.compile("(?m)\\A(?:.*\n){0,2}// targets: (.*)$");

  private final KernelTable table = KernelTable.load();

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  /** A kernel file with what it includes, in the order of names, as {@code build-kernels.sh} hashes them. */
  private static String sourcesHash(Path source) throws IOException {
    var names = new TreeSet<String>();
    var next = new ArrayList<>(List.of(source.getFileName().toString()));
    while (!next.isEmpty()) {
      String name = next.removeLast();
      if (names.add(name)) {
        Matcher included = INCLUDE.matcher(Files.readString(SOURCES.resolve(name)));
        while (included.find()) {
          next.add(included.group(1));
        }
      }
    }
    var all = new StringBuilder();
    for (String name : names) {
      all.append(Files.readString(SOURCES.resolve(name)));
    }
    return KernelTable.hash(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void everySourceWasBuiltForItsTargetsAfterItsLastChange() throws IOException {
    var stale = new TreeSet<String>();
    for (Path source : files(SOURCES, ".cu")) {
      Matcher named = TARGETS.matcher(Files.readString(source));
      var targets = new TreeSet<>(Arrays.asList((named.find() ? named.group(1) : "sm_75 sm_80").split(" ")));
      String hash = sourcesHash(source);
      var built = new TreeSet<String>();
      table.rows().stream().filter(row -> row.file().equals(name(source)) && row.sources().equals(hash))
          .forEach(row -> built.add(row.target()));
      if (!built.equals(targets)) {
        stale.add(name(source));
      }
    }
    assertThat(stale).as("run cuda-kernels/build-kernels.sh for these files").isEmpty();
  }

  @Test
  void everyKernelIsListedAndNoneThatIsNotThere() throws IOException {
    Map<String, TreeSet<String>> listed = new TreeMap<>();
    for (KernelTable.Row row : table.rows()) {
      listed.computeIfAbsent(row.file() + "." + row.target(), file -> new TreeSet<>()).add(row.entry());
    }
    Map<String, TreeSet<String>> found = new TreeMap<>();
    var changed = new TreeSet<String>();
    for (Path file : files(PTX, ".ptx")) {
      String text = Files.readString(file);
      var entries = new TreeSet<String>();
      ENTRY.matcher(text).results().forEach(match -> entries.add(match.group(1)));
      found.put(name(file), entries);
      String hash = KernelTable.hash(text.getBytes(StandardCharsets.UTF_8));
      if (table.rows().stream()
          .anyMatch(row -> (row.file() + "." + row.target()).equals(name(file)) && !row.ptx().equals(hash))) {
        changed.add(file.getFileName().toString());
      }
    }
    assertThat(changed).as("not as cuda-kernels/build-kernels.sh wrote them").isEmpty();
    assertThat(listed).isEqualTo(found);
  }

  @Test
  void noKernelSpillsRegisters() {
    assertThat(table.rows()).filteredOn(row -> row.spilledBytes() > 0).isEmpty();
  }

  /** Compiles the smallest file anew: that the compiler gives the same bytes elsewhere is a matter of the compiler. */
  @Test
  void theCompilerGivesTheSameBytes(@TempDir Path folder) throws Exception {
    Path smallest =
        files(SOURCES, ".cu").stream().min(Comparator.comparingLong(file -> file.toFile().length()))
            .orElseThrow();
    String version = output(new ProcessBuilder("sh", "-c", "command -v ptxas > /dev/null && nvcc --version || true"));
    assumeTrue(version.contains("release 13.0"), "nvcc 13.0 is not here");
    var build = new ProcessBuilder(MODULE.resolve("build-kernels.sh").toAbsolutePath().toString(), name(smallest));
    build.environment().put("OUT", folder.toString());
    assertThat(output(build)).isEmpty();
    for (Path file : files(folder, ".ptx")) {
      assertThat(Files.readString(file)).isEqualTo(Files.readString(PTX.resolve(file.getFileName())));
    }
    assertThat(files(folder, ".ptx")).isNotEmpty();
  }

  private static String output(ProcessBuilder command) throws Exception {
    Process process = command.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
