package crema.ptx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checked-in PTX is what nvcc makes of the checked-in CUDA; skipped where there is no nvcc. */
class FreshnessTest {
  private static final Path SOURCES = Path.of("src/test/cuda");

  @Test
  void theCheckedInPtxIsFresh(@TempDir Path out) throws IOException, InterruptedException {
    Optional<Path> nvcc = nvcc();
    Assumptions.assumeTrue(nvcc.isPresent(),
        "no nvcc on this machine: the checked-in PTX is not compared with its sources");
    var builder = new ProcessBuilder(SOURCES.resolve("compile.sh").toAbsolutePath().toString(), out.toString());
    builder.environment().put("NVCC", nvcc.orElseThrow().toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(out.resolve("log").toFile()).start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as("compile.sh: %s", Files.readString(out.resolve("log"))).isZero();
    List<Path> fresh = ptx(out);
    assertThat(fresh).isNotEmpty();
    for (Path file : fresh) {
      String name = file.getFileName().toString().replace(".ptx", "");
      assertThat(Files.readString(file)).as("%s is not what its source gives: run src/test/cuda/compile.sh", name)
          .isEqualTo(TestKernels.ptx(name));
    }
  }

  private static List<Path> ptx(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".ptx")).sorted().toList();
    }
  }

  private static Optional<Path> nvcc() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/local/cuda/bin"))
        .map(folder -> Path.of(folder, "nvcc")).filter(Files::isExecutable).findFirst();
  }
}
