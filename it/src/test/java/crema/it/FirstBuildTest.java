package crema.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user does first: the launcher in a copy of the sources that nothing was built in. */
class FirstBuildTest {
  /** What Git does not keep, or what the launcher does not need. */
  private static final Set<String> LEFT_OUT = Set.of("target", ".git", "runs", "models", "bundle");

  @TempDir
  private Path folder;

  @Test
  void theLauncherBuildsWhatItNeedsFromSourcesAlone() throws Exception {
    assumeFalse(System.getProperty("os.name").startsWith("Windows"), "crema.cmd is not tested here");
    Path copy = folder.resolve("crema sources");
    copySources(Path.of("").toAbsolutePath().getParent(), copy);
    assertThat(crema(copy, 0, "--version")).contains("Built Crema in").contains("0.1.0");
    // The JVM's own words, of a module that incubates, are no business of a user's.
    assertThat(
        crema(copy, 2, "train", "--train", "none.csv", "--text", "title", "--label", "label", "--output", "none"))
        .isEqualTo("crema: none.csv does not exist\n");
  }

  private String crema(Path copy, int code, String... arguments) throws Exception {
    Path log = folder.resolve("log");
    var command = new ArrayList<>(List.of(copy.resolve("crema").toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().remove("MAVEN_OPTS");
    Process process = builder.start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(15, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String output = Files.readString(log);
    assertThat(ended).as(output).isTrue();
    assertThat(process.exitValue()).as(output).isEqualTo(code);
    return output;
  }

  private static void copySources(Path from, Path to) throws IOException {
    Files.walkFileTree(from, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
        if (LEFT_OUT.contains(each.getFileName().toString())) {
          return FileVisitResult.SKIP_SUBTREE;
        }
        Files.createDirectories(to.resolve(from.relativize(each).toString()));
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
        return FileVisitResult.CONTINUE;
      }
    });
  }
}
