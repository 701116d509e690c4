package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The launchers: both agree, and the one for POSIX shells finds the right JDK and hands it the right flags. */
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir
  Path folder;

  private Path root;

  /** A checkout without sources, whose jar and caches are ready, and whose JDK prints what it is given. */
  @BeforeEach
  void checkout() throws IOException {
    root = folder.resolve("a checkout");
    Files.createDirectories(root.resolve("launcher"));
    Files.copy(ROOT.resolve("crema"), root.resolve("crema"));
    assertThat(root.resolve("crema").toFile().setExecutable(true)).isTrue();
    for (String file : List.of("jdk.sh", "modes", "jvm.args", "simd.args", "scalar.args", "fasttext.args")) {
      Files.copy(ROOT.resolve("launcher", file), root.resolve("launcher", file));
    }
    Path target = Files.createDirectories(root.resolve(module(), "target"));
    Files.writeString(target.resolve("crema.jar"), "");
    jdk("jdk 25", "25.0.1");
    Files.writeString(target.resolve("aot.jdk"), folder.resolve("jdk 25") + " 25.0.1\n");
    for (String mode : List.of("scalar", "simd")) {
      Files.writeString(target.resolve("crema-" + mode + ".aot"), mode.equals("simd") ? "a cache" : "");
      Files.setLastModifiedTime(target.resolve("crema-" + mode + ".aot"), FileTime.from(Instant.now().plusSeconds(60)));
    }
  }

  @Test
  void bothLaunchersAgree() throws IOException {
    String posix = Files.readString(ROOT.resolve("crema"));
    String windows = Files.readString(ROOT.resolve("crema.cmd"));
    assertThat(find(windows, "set \"module=(\\w+)\"")).isEqualTo(find(posix, "(?m)^module=(\\w+)"));
    assertThat(find(windows, "set \"required=(\\d+)\""))
        .isEqualTo(find(Files.readString(ROOT.resolve("launcher", "jdk.sh")), "required_jdk=(\\d+)"));
    assertThat(all(windows, "[%!$](CREMA_\\w+)"))
        .isEqualTo(all(posix + Files.readString(ROOT.resolve("launcher", "jdk.sh")),
            "\\$\\{(CREMA_\\w+)"))
        .containsExactly("CREMA_JAVA_FLAGS", "CREMA_JAVA_HOME");
    // What is not handed on by files of launcher/ must stand in both.
    assertThat(all(windows, "launcher%?\\\\([\\w.%]+\\.args|modes)")).containsExactly("%mode%.args", "fasttext.args",
        "jvm.args", "modes");
    assertThat(all(posix, "\\$launcher/([\\w.$]+\\.args|modes)")).containsExactly("$cached.args", "$mode.args",
        "fasttext.args", "jvm.args", "modes");
    String command = windows.lines().filter(line -> line.contains("crema.cli.Crema")).findFirst().orElseThrow();
    assertThat(all(command + find(windows, "set cache=(.*)"), "(-[A-Z]\\w+:\\w+=[a-z]*|-cp)"))
        .isEqualTo(all(posix.substring(posix.indexOf("set -- -Dcrema")), "(-X\\w+:\\w+=[a-z]*|-cp)"));
    for (String flag : List.of("--file", "-f", "-h", "--help")) {
      assertThat(windows).contains("if \"%~1\"==\"" + flag + "\"");
      assertThat(find(posix, "(?m)^ {4}((?:-\\S+(?: \\| )?)*" + flag + "\\b.*)\\) mode=")).isNotEmpty();
    }
  }

  @Test
  void theBuildAndTheLauncherTakeTheSameModulesForUnrelated() throws IOException {
    String build = Files.readString(ROOT.resolve("launcher", "Build.java"));
    assertThat(all(find(build, "UNRELATED = Set.of\\((.*)\\)"), "\"([^\"]+)\""))
        .isEqualTo(all(find(Files.readString(ROOT.resolve("crema")), "(?m)^ +(bench.*)\\) continue"), "([\\w-]+)"));
  }

  @Test
  void everyCommandWithAModeExists() throws IOException {
    for (String line : Files.readAllLines(ROOT.resolve("launcher", "modes"))) {
      if (!line.startsWith("#")) {
        var run = CommandRun.of(line.split(" ")[0], "--help");
        assertThat(run.code()).as(line).isZero();
      }
    }
  }

  /** Commands that are over before vector code would be compiled, or that only start others. */
  private static final Set<String> SHORT = Set.of("export", "info", "models", "pack", "pull");

  @Test
  void everyCommandThatComputesHasAMode() throws IOException {
    TreeSet<String> commands = all(CommandRun.of("--help").out(), "(?m)^  ([a-z][a-z-]*)  +\\S");
    assertThat(commands).containsAll(SHORT).contains("train");
    commands.removeAll(SHORT);
    try (Stream<String> lines = Files.lines(ROOT.resolve("launcher", "modes"))) {
      assertThat(lines.filter(line -> !line.startsWith("#")).map(line -> line.split(" ")[0]))
          .containsExactlyInAnyOrderElementsOf(commands);
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theErrorStreamOfTheJvmLacksTheLineThatAModuleIncubates() throws Exception {
    Path java = folder.resolve("jdk 25/bin/java");
    Files.writeString(java, """
        #!/bin/sh
        echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
        echo 'Unrecognized option: -bogus' >&2
        echo 'straight' >&3
        """);
    for (String temporary : List.of(folder.toString(), "/dev/null")) {
      Path errors = folder.resolve("errors");
      var builder = new ProcessBuilder(root.resolve("crema").toString(), "train").redirectError(errors.toFile());
      builder.environment().putAll(environment(Map.of("TMPDIR", temporary)));
      assertThat(builder.start().waitFor(60, TimeUnit.SECONDS)).isTrue();
      // The filter may end a moment after the JVM.
      List<String> lines = List.of();
      for (int i = 0; i < 500 && !lines.contains("Unrecognized option: -bogus"); i++) {
        Thread.sleep(10);
        lines = Files.readAllLines(errors);
      }
      assertThat(lines).contains("Unrecognized option: -bogus");
      assertThat(lines.contains("straight")).isEqualTo(!temporary.equals("/dev/null"));
      assertThat(lines.toString().contains("incubator")).isEqualTo(temporary.equals("/dev/null"));
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.filter(file -> file.toString().endsWith(".err"))).isEmpty();
    }
  }

  @Test
  void theWindowsLauncherHasTheLineEndsAndLabelsThatItNeeds() throws IOException {
    String windows = Files.readString(ROOT.resolve("crema.cmd"));
    assertThat(windows.replace("\r\n", "")).doesNotContain("\n").isASCII();
    var labels = all(windows, "(?m)^:(\\w+)");
    assertThat(all(windows, "(?:goto|call :?)\\s?:?(\\w+)")).isEqualTo(labels);
  }

  static Stream<Path> scripts() throws IOException {
    try (Stream<Path> bench = Files.list(ROOT.resolve("bench")); Stream<Path> ci = Files.list(ROOT.resolve(".ci"))) {
      return Stream.concat(Stream.of(ROOT.resolve("crema"), ROOT.resolve("launcher", "jdk.sh")),
          Stream.concat(bench, ci).filter(file -> file.toString().endsWith(".sh") || file.getParent().endsWith(".ci"))
              .sorted())
          .toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void shellcheckFindsNothing(Path script) throws Exception {
    assumeThat(Stream.of(System.getenv("PATH").split(":")).map(path -> Path.of(path, "shellcheck")))
        .as("shellcheck is not installed").anyMatch(Files::isExecutable);
    var run = run(Map.of(), ROOT, "shellcheck", "-x", script.toString());
    assertThat(run.output()).isEmpty();
    assertThat(run.code()).isZero();
  }

  @ParameterizedTest
  @DisabledOnOs(OS.WINDOWS)
  @CsvSource(delimiter = '|', textBlock = """
      train --epochs 3                | simd
      train --help                    | scalar
      experiment experiments/reuters  | simd
      tokenizer train --data a.csv    | simd
      fasttext test model.bin a.txt   | simd
      info model                      | scalar
      predict model                   | simd
      predict model one               | scalar
      predict model one two three     | scalar
      predict m 1 2 3 4 5 6 7 8 9 10  | scalar
      predict m 1 2 3 4 5 6 7 8 9 10 11 | simd
      predict model --file a.txt      | simd
      predict model -f a.txt          | simd
      langid one                      | scalar
      langid                          | simd
      ''                              | scalar
      """)
  void aCommandRunsInItsMode(String arguments, String mode) throws Exception {
    var run = crema(Map.of(), arguments.isEmpty() ? new String[0] : arguments.split(" "));
    assertThat(run.code()).isZero();
    List<String> given = run.output().lines().toList();
    assertThat(given).startsWith("@" + root + "/launcher/jvm.args", "@" + root + "/launcher/" + mode + ".args");
    assertThat(given.contains("@" + root + "/launcher/fasttext.args")).isEqualTo(arguments.startsWith("fasttext"));
    Path target = root.resolve(module(), "target");
    // An empty cache says that none can be made.
    assertThat(given.contains("-XX:AOTCache=" + target.resolve("crema-simd.aot"))).isEqualTo(mode.equals("simd"));
    assertThat(given).doesNotContain("-XX:AOTCache=" + target.resolve("crema-scalar.aot"));
    int main = given.indexOf("crema.cli.Crema");
    assertThat(given.subList(main - 2, main)).containsExactly("-cp", target.resolve("crema.jar").toString());
    assertThat(given.subList(main + 1, given.size()))
        .containsExactly(arguments.isEmpty() ? new String[0] : arguments.split(" "));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void argumentsArriveAsTheyAreAndFlagsAreSplit() throws Exception {
    var run = crema(Map.of("CREMA_JAVA_FLAGS", "-Xmx8g -Da=b"), "predict", "a model", "", "two  blanks", "*",
        "\"$HOME\"", "ß");
    List<String> given = run.output().lines().toList();
    assertThat(given).contains("-Xmx8g", "-Da=b");
    assertThat(given.subList(given.indexOf("predict"), given.size()))
        .containsExactly("predict", "a model", "", "two  blanks", "*", "\"$HOME\"", "ß");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theFirstJdkThatIsNewEnoughRuns() throws Exception {
    jdk("jdk 17", "17.0.2");
    jdk("jdk 8", "1.8.0_402");
    jdk("jdk 26", "26-ea");
    jdk("jre 25", "25.0.1");
    Files.delete(folder.resolve("jre 25/bin/javac"));
    assertThat(jdkOf("jdk 17", "jdk 25", "jdk 26")).isEqualTo("jdk 25");
    assertThat(jdkOf("jdk 26", "jdk 25", "jdk 17")).isEqualTo("jdk 26");
    assertThat(jdkOf("jre 25", "jdk 8", "jdk 25")).isEqualTo("jdk 25");
    assertThat(jdkOf("none", "jdk 25", "jdk 26")).isEqualTo("jdk 25");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theLauncherCanBeCalledByLinks() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("absolute"), root.resolve("crema"));
    Files.createSymbolicLink(bin.resolve("relative"), Path.of("..", "a checkout", "crema"));
    Files.createSymbolicLink(bin.resolve("chain"), Path.of("relative"));
    for (String link : List.of("absolute", "relative", "chain")) {
      var run = run(environment(Map.of()), bin, "./" + link, "info");
      assertThat(run.code()).as(run.errors()).isZero();
      assertThat(run.output()).contains("/a checkout/" + module() + "/target/crema.jar");
    }
    var found = run(environment(Map.of("PATH", bin + ":" + System.getenv("PATH"))), folder, "sh", "-c", "chain info");
    assertThat(found.output()).contains("/a checkout/" + module() + "/target/crema.jar");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aMissingJarIsOneLine() throws Exception {
    Files.delete(root.resolve(module(), "target", "crema.jar"));
    var run = crema(Map.of(), "info");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors().lines()).hasSize(1).first().asString()
        .startsWith("crema: ").endsWith("crema.jar is missing, and there are no sources to build it from");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatIsNewerThanTheJarIsBuilt() throws Exception {
    Path jar = root.resolve(module(), "target", "crema.jar");
    for (String file : List.of("pom.xml", module() + "/pom.xml", module() + "/src/main/java/A.java", "other/pom.xml",
        "other/src/main/resources/a.txt", "other/src/test/java/ATest.java", "bench/pom.xml",
        "bench/src/main/java/B.java")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "");
    }
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(10)));
    assertThat(builds()).isFalse();
    FileTime later = FileTime.from(Instant.now().plusSeconds(20));
    for (String ignored : List.of("other/src/test/java/ATest.java", "bench/pom.xml", "bench/src/main/java/B.java")) {
      Files.setLastModifiedTime(root.resolve(ignored), later);
      assertThat(builds()).as(ignored).isFalse();
    }
    for (String noticed : List.of("pom.xml", module() + "/src/main/java/A.java", "other/pom.xml",
        "other/src/main/resources/a.txt", "other/src/main/resources")) {
      FileTime before = Files.getLastModifiedTime(root.resolve(noticed));
      Files.setLastModifiedTime(root.resolve(noticed), later);
      assertThat(builds()).as(noticed).isTrue();
      Files.setLastModifiedTime(root.resolve(noticed), before);
    }
    assertThat(builds()).isFalse();
    Files.writeString(jar.resolveSibling("building"), "");
    assertThat(builds()).isTrue();
  }

  private boolean builds() throws Exception {
    return crema(Map.of(), "info").output().contains("/launcher/Build.java");
  }

  private String jdkOf(String cremaJavaHome, String javaHome, String onPath) throws Exception {
    Path link = Files.createDirectories(folder.resolve("path of " + onPath)).resolve("java");
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, folder.resolve(onPath).resolve("bin/java"));
    }
    var run = crema(Map.of("CREMA_JAVA_HOME", folder.resolve(cremaJavaHome).toString(), "JAVA_HOME",
        folder.resolve(javaHome).toString(), "PATH", link.getParent() + ":/usr/bin:/bin"), "info");
    return find(run.errors(), "ran by .*/([^/]+)/bin/java");
  }

  private Run crema(Map<String, String> variables, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(root.resolve("crema").toString()));
    command.addAll(List.of(arguments));
    return run(environment(variables), folder, command.toArray(String[]::new));
  }

  private Map<String, String> environment(Map<String, String> variables) {
    var all = new HashMap<>(Map.of("CREMA_JAVA_HOME", folder.resolve("jdk 25").toString()));
    all.putAll(variables);
    return all;
  }

  /** A JDK whose {@code java} prints its arguments and, to be told apart, where it is. */
  private void jdk(String name, String version) throws IOException {
    Path bin = Files.createDirectories(folder.resolve(name).resolve("bin"));
    Files.writeString(folder.resolve(name).resolve("release"),
        "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n");
    for (String program : List.of("java", "javac")) {
      Path file = bin.resolve(program);
      Files.writeString(file, "#!/bin/sh\nprintf '%s\\n' \"$@\"\necho \"ran by $0\" >&2\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
  }

  private static String module() throws IOException {
    return find(Files.readString(ROOT.resolve("crema")), "(?m)^module=(\\w+)");
  }

  private static String find(String text, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private static TreeSet<String> all(String text, String pattern) {
    return new TreeSet<>(
        Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1)).toList());
  }

  record Run(int code, String output, String errors) {}

  static Run run(Map<String, String> variables, Path directory, String... command) throws Exception {
    Path errors = Files.createTempFile("crema-launcher", ".err");
    try {
      var builder = new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
      builder.environment().putAll(variables);
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Run(process.exitValue(), output, Files.readString(errors));
    } finally {
      Files.delete(errors);
    }
  }
}
