package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipArchiveTest {
  private static final String MAY = "title,label\nkettle,kitchen\n";

  @TempDir
  private Path folder;

  private Path zip(Map<String, byte[]> files) throws IOException {
    Path zip = folder.resolve("offers.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (var file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
      }
    }
    return zip;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(Path file) {
    var texts = new ArrayList<String>();
    FileRows.of(file, Columns.text("title")).forEach(ProblemListener.STRICT, row -> texts.add(row.text()));
    return texts;
  }

  private Path months() throws IOException {
    var gzipped = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(gzipped)) {
      out.write(bytes("{\"title\": \"phone\"}\n"));
    }
    var files = new LinkedHashMap<String, byte[]>();
    files.put("2026/", new byte[0]);
    files.put("2026/june.csv", bytes("title\nbike\n"));
    files.put("2026/may.csv", bytes(MAY));
    files.put("more.jsonl.gz", gzipped.toByteArray());
    files.put("__MACOSX/2026/._may.csv", bytes("x"));
    return zip(files);
  }

  @Test
  void aFileInAnArchiveIsReadWhereItIs() throws IOException {
    Path zip = months();
    Path may = Path.of(zip + "!/2026/may.csv");
    assertThat(texts(may)).containsExactly("kettle");
    assertThat(texts(Path.of(zip + "!/more.jsonl.gz"))).containsExactly("phone");
    assertThat(DataFile.of(may).isRepeatable()).isTrue();
    assertThat(DataFile.of(may).sha256())
        .isEqualTo(DataFile.of(Files.writeString(folder.resolve("may.csv"), MAY)).sha256());
    var rows = new ArrayList<Row>();
    FileRows.of(may, Columns.text("title")).forEach(ProblemListener.STRICT, rows::add);
    assertThat(rows.getFirst().meta().file()).isEqualTo(may.toString());
  }

  @Test
  void aPatternMeansAllFilesThatMatchInTheOrderOfTheirNames() throws IOException {
    Path zip = months();
    assertThat(DataFile.matching(zip + "!/2026/*.csv"))
        .containsExactly(zip + "!/2026/june.csv", zip + "!/2026/may.csv");
  }

  @Test
  void aDoubleAsteriskCrossesFoldersAndASingleOneDoesNot() throws IOException {
    Path zip = months();
    assertThat(DataFile.matching(zip + "!/**y.csv")).containsExactly(zip + "!/2026/may.csv");
    assertThatThrownBy(() -> DataFile.matching(zip + "!/*.csv")).isInstanceOf(DataException.class)
        .hasMessage(zip + " has no file that matches '*.csv'. It has: 2026/june.csv, 2026/may.csv, more.jsonl.gz");
    assertThatThrownBy(() -> DataFile.of(Path.of(zip + "!/2026/*.csv"))).isInstanceOf(DataException.class)
        .hasMessage(zip + "!/2026/*.csv means 2 files, where one is expected: 2026/june.csv, 2026/may.csv");
    assertThat(texts(Path.of(zip + "!/2026/m*.csv"))).containsExactly("kettle");
  }

  @Test
  void anArchiveOfOneFileNeedsNoNameForIt() throws IOException {
    Path zip = zip(Map.of("may.csv", bytes(MAY)));
    assertThat(texts(zip)).containsExactly("kettle");
    Path several = months();
    assertThatThrownBy(() -> texts(several)).isInstanceOf(DataException.class).hasMessage(several
        + " has 3 files: name one, as in " + several + "!/2026/june.csv, or several, as in " + several + "!/*.csv");
  }

  @Test
  void aNameThatIsNotThereIsToldWithThoseThatAre() throws IOException {
    Path zip = months();
    Path wrong = Path.of(zip + "!/2026/mai.csv");
    for (Runnable use : List.<Runnable>of(() -> texts(wrong), () -> DataFile.requireFile(wrong))) {
      assertThatThrownBy(use::run).isInstanceOf(DataException.class).hasMessage(zip
          + " has no file '2026/mai.csv'; did you mean '2026/may.csv'? It has: 2026/june.csv, 2026/may.csv, more.jsonl.gz");
    }
    assertThatThrownBy(() -> DataFile.requireFile(folder.resolve("none.zip!/a.csv")))
        .hasMessage(folder.resolve("none.zip") + " does not exist");
  }

  @Test
  void anArchiveWithANameThatLeadsOutOfItIsNotRead() throws IOException {
    for (String name : List.of("../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv")) {
      Path zip = zip(Map.of(name, bytes(MAY)));
      assertThatThrownBy(() -> texts(zip)).as(name).isInstanceOf(DataException.class)
          .hasMessage(zip + " has a file whose name leads out of the archive, '" + name
              + "': it is not to be trusted, and is not read");
    }
    assertThat(texts(zip(Map.of("a/..may..csv", bytes(MAY))))).containsExactly("kettle");
  }

  @Test
  void aBombEndsInALineBeforeItHasGoneOff() throws IOException {
    Path zip = folder.resolve("bomb.zip");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("rows.csv"));
      out.write(bytes("title\n"));
      byte[] rows = bytes("a\n".repeat(1 << 19));
      for (int i = 0; i < 600; i++) {
        out.write(rows);
      }
    }
    assertThatThrownBy(() -> {
      try (var in = DataFile.of(zip).open()) {
        in.skipNBytes(1L << 40);
      }
    }).isInstanceOf(DataException.class).hasMessageContaining("it is a bomb");
    assertThat(Files.size(zip)).isLessThan(1 << 21);
  }

  @Test
  void aTruncatedOrDamagedMemberEndsInALine() throws IOException {
    var random = new Random(1);
    var text = new StringBuilder("title\n");
    for (int i = 0; i < 20_000; i++) {
      text.append("kettle ").append(random.nextInt()).append('\n');
    }
    Path zip = zip(Map.of("rows.csv", bytes(text.toString())));
    byte[] whole = Files.readAllBytes(zip);
    Files.write(zip, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> texts(zip)).isInstanceOf(DataException.class)
        .hasMessageStartingWith(zip + " is no zip archive that can be read: it is truncated or damaged, copy it again");
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, 2000, 2050, (byte) 0);
    Files.write(zip, damaged);
    assertThatThrownBy(() -> texts(zip)).isInstanceOf(DataException.class)
        .hasMessageStartingWith(zip + "!/rows.csv").hasMessageNotContaining("\n");
  }

  @Test
  void storedBytesThatChangedAreFoundByTheirChecksum() throws IOException {
    Path zip = folder.resolve("stored.zip");
    var crc = new CRC32();
    crc.update(bytes(MAY));
    var entry = new ZipEntry("may.csv");
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(MAY.length());
    entry.setCrc(crc.getValue());
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(entry);
      out.write(bytes(MAY));
    }
    byte[] bytes = Files.readAllBytes(zip);
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("kettle");
    bytes[at] = 'm';
    Files.write(zip, bytes);
    assertThatThrownBy(() -> texts(zip)).isInstanceOf(DataException.class)
        .hasMessageContaining("it is not what was put into the archive (its checksum is wrong)");
  }
}
