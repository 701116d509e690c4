package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextColumnTest {
  @TempDir
  Path folder;

  @Test
  void aColumnIsANameAndPerhapsAWeightAndAPrefix() {
    assertThat(TextColumn.parseAll(List.of("title", "title:3", "the text:2:d_", "a:b:2", "a:b", "x:1:p:q")))
        .containsExactly(
            new TextColumn("title", 1, ""), new TextColumn("title", 3, ""), new TextColumn("the text", 2, "d_"),
            new TextColumn("a:b", 2, ""), new TextColumn("a:b", 1, ""), new TextColumn("x", 1, "p:q"));
    assertThatThrownBy(() -> TextColumn.parse("title:0")).isInstanceOf(DataException.class)
        .hasMessageContaining("'title' must be at least 1");
    assertThatThrownBy(() -> TextColumn.parse("")).isInstanceOf(DataException.class)
        .hasMessageContaining("NAME:WEIGHT");
  }

  @Test
  void weightsRepeatAndPrefixesMark() throws IOException {
    Path file = Files.write(folder.resolve("offers.csv"), List.of(
        "title,description,category", "red kettle,\"boils  water\",kitchen", "blue pan,,kitchen",
        ",only described,kitchen"));
    List<TextColumn> columns = TextColumn.parseAll(List.of("title:2", "description:1:d_"));
    RowSource read = FileRows.of(file, Columns.text("title", "description").withLabel("category"));
    RowSource composed = TextColumn.compose(read, columns, TextJoiner.SPACE);
    var texts = new ArrayList<String>();
    composed.forEach(ProblemListener.STRICT, row -> texts.add(row.text()));
    assertThat(texts).containsExactly(
        "red kettle red kettle d_boils d_water", "blue pan blue pan", "d_only d_described");
    assertThat(composed.fingerprint()).isNotEqualTo(read.fingerprint());
    assertThat(TextColumn.compose(read, TextColumn.parseAll(List.of("title", "description")), TextJoiner.SPACE))
        .isSameAs(read);
  }
}
