package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleArchiveTest {
  @TempDir
  Path folder;

  private byte[] archive(long bytes, long seed, int threads) throws IOException {
    Path file = folder.resolve("sample.zip");
    new SampleArchive(bytes, seed).write(file, threads, (_, _) -> {});
    return Files.readAllBytes(file);
  }

  @Test
  void anArchiveIsAFunctionOfItsSizeAndSeed() throws IOException {
    byte[] archive = archive(300_000, 7, 1);
    assertThat(archive(300_000, 7, 3)).isEqualTo(archive);
    assertThat(archive(300_000, 8, 1)).isNotEqualTo(archive);
  }

  @Test
  void itIsAboutAsLargeAsAskedFor() throws IOException {
    assertThat(archive(2_000_000, 1, 2).length).isBetween(1_600_000, 2_400_000);
    assertThat(archive(SampleArchive.LEAST_BYTES, 1, 2).length).isLessThan(40_000);
    assertThatThrownBy(() -> new SampleArchive(10, 1)).isInstanceOf(UserError.class).hasMessageContaining("at least");
  }
}
