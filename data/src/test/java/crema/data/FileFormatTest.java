package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileFormatTest {
  private static final Columns COLUMNS = Columns.text("title").withLabel("category").withLanguage("language");

  @TempDir
  private Path folder;

  @Test
  void aFormatFromOutsideIsReadLikeTheOthers() throws IOException {
    for (String name : List.of("rows.pad", "rows.pad.gz", "rows.bin")) {
      Path file = folder.resolve(name);
      try (var plain = Files.newOutputStream(file);
          var out = new DataOutputStream(name.endsWith("gz") ? new GZIPOutputStream(plain) : plain)) {
        out.writeBytes("PAD1");
        out.writeInt(3);
        for (String field : List.of("language", "title", "category", "de", "Wasserkocher", "kettle", "", "phone", "",
            "en", "bicycle", "bike")) {
          out.writeUTF(field);
        }
      }
      var problems = new ProblemLog();
      var rows = new ArrayList<Row>();
      FileRows.of(file, COLUMNS).forEach(problems, rows::add);
      assertThat(rows).extracting(Row::text).containsExactly("Wasserkocher", "bicycle");
      assertThat(rows).extracting(row -> row.labels().getFirst()).containsExactly("kettle", "bike");
      assertThat(rows.getFirst().meta()).isEqualTo(new RowMeta(null, "de", file.toString(), 2));
      assertThat(problems.counts()).containsOnlyKeys(RowFault.MISSING_LABEL);
    }
  }

  @Test
  void aFileOfNoFormatNamesTheFormatsThereAre() throws IOException {
    Path file = Files.writeString(folder.resolve("rows.xls"), "title\ncategory\n");
    assertThatThrownBy(() -> FileRows.of(file, COLUMNS)).isInstanceOf(DataException.class)
        .hasMessageEndingWith("rows.xls does not say by its name or its first line what format it has: say it with "
            + "--input-format (jsonl, csv, tsv, fasttext, padded), or what stands between its fields with --separator");
  }

  @Test
  void aFormatTellsAllItsSettings() {
    assertThat(FileFormat.all()).extracting(FileFormat::key)
        .containsExactly("jsonl", "csv", "tsv", "fasttext", "padded");
    // Fingerprints of rows, by which a run is resumed and a token cache is found, hold these.
    assertThat(FileFormat.all()).extracting(Object::toString).startsWith(
        "Jsonl[shortest numbers]", "Csv[separator=,]", "Tsv[]", "FastText[labelPrefix=__label__]");
  }
}
