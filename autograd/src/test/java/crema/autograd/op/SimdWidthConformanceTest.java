package crema.autograd.op;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The CPU backend at each SIMD width, which is chosen once a JVM. */
class SimdWidthConformanceTest {
  private static List<String> preferred;

  @BeforeAll
  static void runAtThePreferredWidth() throws Exception {
    preferred = digests(List.of());
    assertThat(preferred).hasSizeGreaterThan(Catalog.rows().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"128", "256", "512", "scalar"})
  void anyWidthGivesTheSameBits(String width) throws Exception {
    assertThat(digests(List.of("-Dcrema.simd=" + width))).isEqualTo(preferred);
  }

  private static List<String> digests(List<String> flags) throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), CatalogDigests.class.getName()));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> lines = new String(process.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(process.waitFor()).as("exit code of " + command).isZero();
    return lines;
  }
}
