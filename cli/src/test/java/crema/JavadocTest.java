package crema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Javadoc of all modules together has no warnings: every exported type and member has a comment, links lead
 * somewhere, and HTML is well formed. Tags for each parameter and result are not demanded: a noun phrase often says it all.
 */
class JavadocTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> MODULES =
      List.of("base", "tensor", "autograd", "nn", "tokenizer", "images", "data", "parquet", "excel", "classic",
          "train");
  private static final Pattern LIBRARIES =
      Pattern.compile("jackson-core|jspecify|fastcsv|zstd-jni|commons-math3|snakeyaml-engine|hardwood-core");

  private static final Pattern PLACE = Pattern.compile("(.+\\.java):(\\d+): warning: no comment");

  @TempDir
  private Path output;

  @Test
  void hasNoWarnings() {
    var arguments = new ArrayList<>(List.of("-quiet", "-Xdoclint:all", "-Xmaxwarns", "100000", "-d", output.toString(),
        "--add-modules", "jdk.incubator.vector", "--module-path",
        Arrays.stream(System.getProperty("java.class.path").split(Pattern.quote(System.getProperty("path.separator"))))
            .filter(entry -> LIBRARIES.matcher(Path.of(entry).getFileName().toString()).find())
            .collect(Collectors.joining(System.getProperty("path.separator")))));
    for (String module : MODULES) {
      arguments.addAll(List.of("--module-source-path",
          "crema." + module + "=" + ROOT.resolve(module).resolve("src/main/java")));
    }
    arguments.addAll(List.of("--module",
        MODULES.stream().map(module -> "crema." + module).collect(Collectors.joining(","))));
    var messages = new StringWriter();
    var writer = new PrintWriter(messages);
    int code = ToolProvider.findFirst("javadoc").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
    assertThat(messages.toString().lines().filter(line -> line.contains("warning: ") || line.contains("error: "))
        .filter(line -> !line.matches(".*(no @(param|return|throws)|using incubating module).*"))
        .filter(line -> !isSetting(line))).isEmpty();
    assertThat(code).isZero();
    assertThat(output.resolve("index.html")).exists();
  }

  /** Whether a warning is about a setting, which says itself what it is: its help is in its row. */
  private static boolean isSetting(String warning) {
    var place = PLACE.matcher(warning);
    try {
      return place.matches() && Files.readAllLines(Path.of(place.group(1))).get(Integer.parseInt(place.group(2)) - 1)
          .contains(" static final Setting<");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
