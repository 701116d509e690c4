package crema.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cache of prepared pictures keeps, whatever happens to its process and its files. */
class PictureCacheTest {
  private static final PicturePreparation PREPARATION = PicturePreparation.ofSize(8);

  @TempDir
  private Path folder;

  /** A row that was rejected. */
  private record Rejection(long row, String location, PictureFault fault) {}

  /** What preparing gave. */
  private record Outcome(List<@Nullable Picture> pictures, PictureCounts counts, List<Rejection> rejections,
      List<String> warnings) {}

  /** Copies pictures of several formats beside a table, and names their rows: one without, one missing, one twice. */
  private List<@Nullable String> table() throws IOException {
    var cells = new ArrayList<@Nullable String>();
    for (String name : List.of("png.png", "jpeg-420.jpg", "jpeg-cmyk.jpg", "gif.gif", "bmp.bmp", "lossy.webp",
        "png-alpha.png", "png-gray.png")) {
      Files.write(folder.resolve(name), PictureReaderTest.file(name));
      cells.add(name);
    }
    Files.write(folder.resolve("copy.png"), PictureReaderTest.file("png.png"));
    cells.add(null);
    cells.add("missing.png");
    cells.add("copy.png");
    cells.add("gif.gif");
    Files.writeString(folder.resolve("page.jpg"), "<html>not found</html>");
    cells.add("page.jpg");
    return cells;
  }

  private Outcome prepare(Path cache, List<@Nullable String> cells, int threads) throws Exception {
    var rejections = new ArrayList<Rejection>();
    var warnings = new ArrayList<String>();
    var listener = new PictureListener() {
      @Override
      public void rejected(long row, PictureLocation location, PictureRejected reason) {
        rejections.add(new Rejection(row, location.text(), reason.fault()));
      }

      @Override
      public void warned(String message) {
        warnings.add(message);
      }
    };
    try (var loader = new PictureLoader(PictureLimits.DEFAULT.withTime(Duration.ofSeconds(1)), PREPARATION);
        var filling = new PictureCache(cache).fill(loader, threads, listener)) {
      for (String cell : cells) {
        filling.add(PictureLocation.of(cell, folder));
      }
      try (var prepared = filling.finish()) {
        var pictures = new ArrayList<@Nullable Picture>();
        for (int row = 0; row < prepared.rows(); row++) {
          pictures.add(prepared.has(row) ? prepared.read(row) : null);
        }
        return new Outcome(pictures, prepared.counts(), rejections, warnings);
      }
    }
  }

  private static Path file(Path cache, String name) throws IOException {
    try (Stream<Path> folders = Files.list(cache)) {
      return folders.findFirst().orElseThrow().resolve(name);
    }
  }

  @Test
  void rowsHaveTheirPicturesAndFaultsAreCounted() throws Exception {
    List<@Nullable String> cells = table();
    Outcome outcome = prepare(folder.resolve("cache"), cells, 2);
    for (int row = 0; row < 8; row++) {
      Picture read = new PictureReader(PictureLimits.DEFAULT)
          .read(Files.readAllBytes(folder.resolve(cells.get(row)))).picture();
      assertThat(outcome.pictures().get(row)).isEqualTo(PREPARATION.apply(read));
    }
    assertThat(outcome.pictures().get(10)).isEqualTo(outcome.pictures().get(0));
    assertThat(outcome.rejections()).containsExactly(new Rejection(9, "missing.png", PictureFault.MISSING),
        new Rejection(12, "page.jpg", PictureFault.NOT_A_PICTURE));
    PictureCounts counts = outcome.counts();
    assertThat(counts.rows()).isEqualTo(13);
    assertThat(counts.without()).isEqualTo(1);
    assertThat(counts.rejected()).isEqualTo(2);
    assertThat(counts.usable()).isEqualTo(10);
    assertThat(counts.formats()).containsEntry(PictureFormat.PNG, 4L).containsEntry(PictureFormat.GIF, 2L)
        .containsEntry(PictureFormat.WEBP, 1L);
    assertThat(counts.widest()).isEqualTo(57);
    assertThat(counts.lowest()).isEqualTo(41);
  }

  @Test
  void equalPicturesAreKeptOnceAndNothingIsDecodedAgain() throws Exception {
    Path cache = folder.resolve("cache");
    Outcome first = prepare(cache, table(), 2);
    assertThat(Files.size(file(cache, "pictures"))).isEqualTo(8L * PREPARATION.bytes());
    Outcome second = prepare(cache, table(), 2);
    assertThat(second.pictures()).isEqualTo(first.pictures());
    assertThat(second.counts().known()).isEqualTo(10);
    assertThat(Files.size(file(cache, "pictures"))).isEqualTo(8L * PREPARATION.bytes());
  }

  @Test
  void theFilesAreTheSameForAnyNumberOfThreads() throws Exception {
    prepare(folder.resolve("one"), table(), 1);
    prepare(folder.resolve("many"), table(), 7);
    assertThat(file(folder.resolve("many"), "pictures"))
        .hasSameBinaryContentAs(file(folder.resolve("one"), "pictures"));
  }

  @Test
  void aChangedFileIsPreparedAgain() throws Exception {
    Path cache = folder.resolve("cache");
    List<@Nullable String> cells = table();
    Outcome before = prepare(cache, cells, 2);
    Files.write(folder.resolve("png.png"), PictureReaderTest.file("png-gray.png"));
    Outcome after = prepare(cache, cells, 2);
    assertThat(after.pictures().get(0)).isEqualTo(before.pictures().get(7)).isNotEqualTo(before.pictures().get(0));
  }

  /** A kill leaves of each file what was written of it: cut anywhere, all pictures come out as they were. */
  @ParameterizedTest
  @ValueSource(strings = {"index", "pictures", "synced"})
  void filesCutAtAnyByteLoseNothing(String name) throws Exception {
    Path cache = folder.resolve("cache");
    List<@Nullable String> cells = table();
    List<@Nullable Picture> whole = prepare(cache, cells, 2).pictures();
    byte[] bytes = Files.readAllBytes(file(cache, name));
    int step = Math.max(1, bytes.length / 60);
    for (int length = 0; length < bytes.length; length += step) {
      Files.write(file(cache, name), Arrays.copyOf(bytes, length));
      if (!name.equals("pictures")) {
        // What a killed process had not synced is only believed with its checksum.
        Files.deleteIfExists(file(cache, "synced"));
      }
      assertThat(prepare(cache, cells, 1).pictures()).as(name + " cut at " + length).isEqualTo(whole);
      // And the cache is whole again.
      assertThat(prepare(cache, cells, 1).counts().known()).isEqualTo(10);
    }
  }

  /** A power cut may leave zeros where a picture was to be. */
  @Test
  void picturesThatNeverReachedTheDiskArePreparedAgain() throws Exception {
    Path cache = folder.resolve("cache");
    List<@Nullable String> cells = table();
    List<@Nullable Picture> whole = prepare(cache, cells, 2).pictures();
    Files.delete(file(cache, "synced"));
    try (var channel = FileChannel.open(file(cache, "pictures"), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(3 * PREPARATION.bytes()), 4L * PREPARATION.bytes());
    }
    assertThat(prepare(cache, cells, 2).pictures()).isEqualTo(whole);
  }

  @Test
  void aSyncedPictureThatWasDamagedIsAnErrorThatSaysWhatToDo() throws Exception {
    Path cache = folder.resolve("cache");
    List<@Nullable String> cells = table();
    prepare(cache, cells, 2);
    try (var channel = FileChannel.open(file(cache, "pictures"), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 100);
    }
    assertThatThrownBy(() -> prepare(cache, cells, 2)).isInstanceOf(UserError.class)
        .hasMessageContaining("is damaged: delete its folder");
  }

  /** Fills a cache until it is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path table = Path.of(arguments[0]);
      try (var loader = new PictureLoader(PictureLimits.DEFAULT, PREPARATION);
          var filling = new PictureCache(table.resolve("cache")).fill(loader, 2, PictureListener.NONE)) {
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
          filling.add(PictureLocation.of("many-" + i + ".bmp", table));
        }
        filling.finish().close();
      }
    }
  }

  @Test
  void aProcessThatIsKilledAgainAndAgainLosesNothing() throws Exception {
    int pictures = 400;
    List<@Nullable String> cells =
        new ArrayList<>(IntStream.range(0, pictures).mapToObj(i -> "many-" + i + ".bmp").toList());
    byte[] bmp = PictureReaderTest.file("bmp.bmp");
    for (int i = 0; i < pictures; i++) {
      bmp[bmp.length - 4] = (byte) i;
      bmp[bmp.length - 3] = (byte) (i >> 8);
      bmp[60 + i] ^= (byte) 0x55;
      Files.write(folder.resolve("many-" + i + ".bmp"), bmp);
    }
    List<@Nullable Picture> whole = prepare(folder.resolve("other"), cells, 2).pictures();
    Path cache = folder.resolve("cache");
    for (int kills = 0; kills < 3; kills++) {
      Process child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
          System.getProperty("java.class.path"), Child.class.getName(), folder.toString(), String.valueOf(pictures))
          .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      long enough = (kills + 1) * 100L * PREPARATION.bytes();
      while (child.isAlive() && (!Files.exists(cache) || sizeOfPictures(cache) < enough)) {
        Thread.sleep(1);
      }
      child.destroyForcibly();
      assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    Outcome resumed = prepare(cache, cells, 2);
    assertThat(resumed.pictures()).isEqualTo(whole);
    assertThat(resumed.counts().known()).isGreaterThanOrEqualTo(250);
  }

  private static long sizeOfPictures(Path cache) throws IOException {
    try (Stream<Path> folders = Files.list(cache)) {
      Path pictures = folders.findFirst().map(each -> each.resolve("pictures")).orElse(cache.resolve("none"));
      return Files.exists(pictures) ? Files.size(pictures) : 0;
    }
  }
}
