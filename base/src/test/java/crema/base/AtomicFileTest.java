package crema.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir
  private Path folder;

  @Test
  void aFileIsReplacedAndNothingIsLeftBeside() throws IOException {
    Path file = folder.resolve("model.json");
    AtomicFile.writeText(file, "old");
    AtomicFile.writeText(file, "new");
    assertThat(file).hasContent("new");
    assertThat(folder.toFile().list()).containsExactly("model.json");
  }

  @Test
  void aFailureLeavesTheFileAsItWas() throws IOException {
    Path file = folder.resolve("model.json");
    AtomicFile.writeText(file, "old");
    assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
      channel.write(ByteBuffer.allocate(1));
      throw new IOException("No space left on device");
    })).isInstanceOf(IOException.class).hasMessage(file + " cannot be written: No space left on device");
    assertThatThrownBy(() -> AtomicFile.write(file, _ -> {
      throw new IllegalStateException("a bug");
    })).isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("model.json");
  }

  @Test
  void ofWritersAtOnceOneWinsAndNoneIsMixed() throws IOException {
    Path file = folder.resolve("model.json");
    IntStream.range(0, 64).parallel().forEach(writer -> {
      try {
        AtomicFile.writeText(file, Integer.toString(writer % 10).repeat(10_000 + writer));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    String content = Files.readString(file);
    assertThat(content).hasSizeGreaterThanOrEqualTo(10_000).matches("(.)\\1*");
    assertThat(folder.toFile().list()).containsExactly("model.json");
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemAllows() throws IOException {
    Path file = folder.resolve("n".repeat(255));
    AtomicFile.writeText(file, "text");
    assertThat(file).hasContent("text");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void permissionsAreKept() throws IOException {
    Path file = Files.writeString(folder.resolve("model.json"), "old");
    var permissions = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, permissions);
    AtomicFile.writeText(file, "new");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(permissions);

    Path plain = Files.writeString(folder.resolve("plain"), "");
    AtomicFile.writeText(folder.resolve("created"), "");
    assertThat(Files.getPosixFilePermissions(folder.resolve("created")))
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void linksStayLinks() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(folder.resolve("model.json"), Path.of("elsewhere/model.json"));
    AtomicFile.writeText(link, "new");
    AtomicFile.writeText(link, "newer");
    assertThat(link).isSymbolicLink();
    assertThat(elsewhere.resolve("model.json")).isRegularFile().hasContent("newer");

    Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertThatThrownBy(() -> AtomicFile.writeText(loop, "")).isInstanceOf(IOException.class)
        .hasMessage(loop + " cannot be written: it is a symbolic link that leads nowhere");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aDeviceIsWrittenAndNotReplaced() throws IOException {
    Path device = Path.of("/dev/null");
    AtomicFile.write(device, channel -> channel.write(ByteBuffer.allocate(1)));
    assertThat(Files.isRegularFile(device)).isFalse();
  }

  @Test
  void aDirectoryIsNotReplaced() {
    assertThatThrownBy(() -> AtomicFile.writeText(folder, "")).isInstanceOf(IOException.class)
        .hasMessage(folder + " cannot be written: it is a directory");
  }

  @Test
  void whatAKilledProcessLeftIsDeletedWhenItIsOld() throws IOException {
    Path young = Files.createFile(folder.resolve("model.json.0123456789abcdef.crema-tmp"));
    Path old = Files.createFile(folder.resolve("other.0123456789abcdef.crema-tmp"));
    Path foreign = Files.createFile(folder.resolve("other.tmp"));
    for (Path file : new Path[] {old, foreign}) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
    }
    AtomicFile.writeText(folder.resolve("model.json"), "new");
    assertThat(young).exists();
    assertThat(old).doesNotExist();
    assertThat(foreign).exists();
  }
}
