package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.cli.LauncherTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The build on first use, with a Maven that is a script. */
@DisabledOnOs(OS.WINDOWS)
class FirstUseTest {
  @TempDir
  static Path classes;

  @TempDir
  Path folder;

  private Path root;
  private Path target;

  @BeforeAll
  static void compile() {
    int code = ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, "-Xlint:all", "-Werror", "-d",
        classes.toString(), Path.of("..", "launcher", "Build.java").toString());
    assertThat(code).isZero();
  }

  @BeforeEach
  void checkout() throws IOException {
    root = Files.createDirectories(folder.resolve("a checkout"));
    target = root.resolve("app/target");
    for (String file : List.of("pom.xml", "app/pom.xml", "app/src/main/java/A.java", "launcher/Build.java",
        "launcher/jvm.args",
        "launcher/simd.args", "launcher/scalar.args")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "");
    }
  }

  @Test
  void theFirstUseSaysWhatItDoesAndTheSecondIsSilent() throws Exception {
    maven("""
        echo '[INFO] Building Crema 0.1.0                    [1/2]'
        echo '[INFO] Building Crema app 0.1.0                [2/2]'
        echo '[INFO] --- compiler:3.16.0:compile (default-compile) @ crema-app ---'
        touch app/target/crema.jar
        """);
    var first = use();
    assertThat(first.code()).isZero();
    assertThat(first.output().lines()).hasSize(6).startsWith(
        "Building Crema with JDK " + Runtime.version().feature() + " ...",
        "Building Crema: module 1 of 2, Crema", "Building Crema: module 2 of 2, Crema app");
    assertThat(first.output()).containsPattern("Built Crema in \\d+ s\nPreparing fast starts: 1 of 2\n");
    // The jar is no archive: where no cache can be made, none is tried again.
    assertThat(target.resolve("crema-simd.aot")).isEmptyFile();
    assertThat(target.resolve("crema-scalar.aot")).isEmptyFile();
    assertThat(use()).isEqualTo(new Run(0, "", ""));
    assertThat(Files.readString(target.resolve("build.log"))).contains("[2/2]");
    assertThat(target.resolve("launcher/Build.class")).doesNotExist(); // the empty Build.java of this checkout has none
  }

  @Test
  void aTerminalShowsOneLineThatChanges() throws Exception {
    maven("""
        echo '[INFO] Building Crema app 0.1.0                [2/2]'
        echo '[INFO] --- maven-compiler-plugin:3.16.0:compile (default-compile) @ crema-app ---'
        touch app/target/crema.jar
        """);
    var run = use("terminal");
    assertThat(run.output()).contains("\rBuilding Crema: module 2 of 2, Crema app, compiling, ").doesNotContain("\033");
    assertThat(run.output().chars().filter(c -> c == '\n').count()).isEqualTo(1);
  }

  @Test
  void aNewerSourceIsBuiltAndOneThatChangedMeanwhileIsBuiltAgain() throws Exception {
    maven("touch app/target/crema.jar; echo build >>builds");
    use();
    Files.setLastModifiedTime(root.resolve("app/src/main/java/A.java"), FileTime.from(Instant.now().plusSeconds(1)));
    Thread.sleep(1100);
    assertThat(use().output()).contains("Built Crema");
    assertThat(use().output()).isEmpty();
    maven("sleep 1; touch app/src/main/java/A.java app/target/crema.jar; echo build >>builds");
    Files.setLastModifiedTime(root.resolve("pom.xml"), FileTime.from(Instant.now()));
    assertThat(use().output()).contains("Built Crema");
    assertThat(use().output()).contains("Built Crema");
    assertThat(root.resolve("builds")).hasContent("build\nbuild\nbuild\nbuild");
  }

  @Test
  void theErrorsOfAFailedBuildAreShown() throws Exception {
    maven("""
        echo '[INFO] Building crema-app 0.1.0                [1/1]'
        echo '[ERROR] COMPILATION ERROR : '
        echo '[ERROR] A.java:[1,2] no such thing'
        echo '[ERROR] '
        echo '[ERROR] -> [Help 1]'
        echo '[ERROR] To see the full stack trace of the errors, re-run Maven with the -e switch.'
        touch app/target/crema.jar
        exit 1
        """);
    var run = use();
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.output().lines().skip(2)).containsExactly("[ERROR] COMPILATION ERROR : ",
        "[ERROR] A.java:[1,2] no such thing",
        "crema: the build failed; the whole log is in " + target.resolve("build.log"));
    // The jar that it left is not taken for done.
    assertThat(use().code()).isEqualTo(1);
  }

  @Test
  void withoutMavenOneLineSaysSo() throws Exception {
    var run = run(Map.of("PATH", folder.toString()));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.output())
        .isEqualTo(
            "crema: needs Maven to build itself on first use; install it (https://maven.apache.org/install.html)\n");
  }

  @Test
  void whereNothingCanBeWrittenOneLineSaysSo() throws Exception {
    maven("exit 1");
    Files.writeString(target, "a file, as nothing can be written into");
    var run = use();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.output().lines()).hasSize(1).first().asString().startsWith("crema: cannot build: " + target)
        .endsWith("; make " + root + " writable or use a copy of it");
  }

  @Test
  void twoFirstUsesAtOnceBuildOnce() throws Exception {
    maven("echo build >>builds; sleep 2; touch app/target/crema.jar");
    var other = CompletableFuture.supplyAsync(() -> {
      try {
        return use();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    });
    Run one = use();
    Run two = other.get(60, TimeUnit.SECONDS);
    assertThat(List.of(one.code(), two.code())).containsExactly(0, 0);
    assertThat(one.output() + two.output()).containsOnlyOnce("Built Crema")
        .contains("Crema is being built by another process; waiting for it ...");
    assertThat(root.resolve("builds")).hasContent("build");
  }

  @Test
  void anInterruptedBuildIsDoneAgainFromTheStart() throws Exception {
    maven("""
        mkdir -p app/target/classes
        echo half >app/target/classes/A.class
        touch app/target/crema.jar
        while sleep 0.1; do touch works; done
        """);
    Process build = start(path(), "plain");
    Path works = root.resolve("works");
    while (!Files.exists(works)) {
      assertThat(build.isAlive()).isTrue();
      Thread.sleep(20);
    }
    build.destroy();
    assertThat(build.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(build.exitValue()).isNotZero();
    Thread.sleep(1000);
    Files.delete(works);
    Thread.sleep(1000);
    assertThat(works).doesNotExist();
    maven("test ! -e app/target/classes/A.class && touch app/target/crema.jar");
    var run = use();
    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output()).contains("Built Crema");
    assertThat(use().output()).isEmpty();
  }

  private void maven(String script) throws IOException {
    Path maven = Files.createDirectories(folder.resolve("maven")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\n" + script + "\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  private Map<String, String> path() {
    return Map.of("PATH", folder.resolve("maven") + ":/usr/bin:/bin");
  }

  private Run use() throws Exception {
    return use("plain");
  }

  private Run use(String watched) throws Exception {
    return run(path(), watched);
  }

  private Run run(Map<String, String> variables, String... watched) throws Exception {
    Process build = start(variables, watched.length == 0 ? "plain" : watched[0]);
    String output = new String(build.getInputStream().readAllBytes());
    assertThat(build.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Run(build.exitValue(), output, "");
  }

  private Process start(Map<String, String> variables, String watched) throws IOException {
    var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", "-cp", classes.toString(), "Build", root.toString(), "app", "a JDK", watched)
        .redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }
}
