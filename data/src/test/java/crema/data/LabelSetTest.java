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

class LabelSetTest {
  @TempDir
  private Path folder;

  @Test
  void labelsAreSortedAndCounted() {
    var labels = count(LabelFormat.SINGLE, Row.of("1", "b"), Row.of("2", "a"), Row.of("3", "b"));
    assertThat(labels.names()).containsExactly("a", "b");
    assertThat(labels.counts()).containsExactly(1, 2);
    assertThat(labels.indexOf("b")).isEqualTo(1);
    assertThat(labels.indexOf("c")).isEqualTo(-1);
  }

  @Test
  void savedLabelsLoadEqual() {
    var labels = LabelSet.of(List.of("z", "a \"b\"", "日本"), new long[] {3, 0, Long.MAX_VALUE});
    var file = folder.resolve("labels.json");
    labels.save(file);
    labels.save(file);
    assertThat(LabelSet.load(file)).isEqualTo(labels);
    assertThat(folder).isDirectoryNotContaining(path -> path.toString().endsWith(".tmp"));
  }

  @Test
  void filesThatAreNoLabelsAreRefusedInOneLine() throws IOException {
    for (var content : List.of("{", "[]", "{\"format\":1}", "{\"format\":1,\"labels\":[{\"name\":1,\"count\":1}]}",
        "{\"format\":1,\"labels\":[{\"name\":\"a\",\"count\":-1}]}",
        "{\"format\":1,\"labels\":[{\"name\":\"a\",\"count\":1},{\"name\":\"a\",\"count\":1}]}",
        "{\"format\":2,\"labels\":[]}", "")) {
      var file = Files.writeString(folder.resolve("labels.json"), content);
      assertThatThrownBy(() -> LabelSet.load(file)).as(content)
          .isInstanceOf(DataException.class).hasMessageContaining("labels.json").hasMessageNotContaining("\n");
    }
    assertThatThrownBy(() -> LabelSet.load(folder.resolve("labels.json").resolveSibling("none.json")))
        .isInstanceOf(DataException.class).hasMessageEndingWith("none.json does not exist");
    var newer = Files.writeString(folder.resolve("labels.json"), "{\"format\":2,\"labels\":[]}");
    assertThatThrownBy(() -> LabelSet.load(newer)).hasMessageContaining("newer version");
  }

  @Test
  void oneLabelOnlyIsRefusedUnlessRowsMayHaveSeveral() {
    assertThatThrownBy(() -> count(LabelFormat.SINGLE, Row.of("1", "a"), Row.of("2", "a")))
        .isInstanceOf(DataException.class)
        .hasMessage("all 2 rows have the label 'a'; a classifier needs at least two labels");
    assertThat(count(LabelFormat.many(","), Row.of("1", "a"), Row.of("2")).size()).isEqualTo(1);
  }

  @Test
  void noRowsAreRefused() {
    assertThatThrownBy(() -> count(LabelFormat.SINGLE)).isInstanceOf(DataException.class)
        .hasMessage("there is no usable row to train on");
  }

  @Test
  void aLabelColumnOfFreeTextIsRefused() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 100; i++) {
      rows.add(Row.of("title " + i, "a long description of the product number " + i));
    }
    assertThatThrownBy(() -> count(LabelFormat.SINGLE, rows.toArray(Row[]::new)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("the label column looks like free text: 100 different values in 100 rows, ");
  }

  @Test
  void manyShortLabelsAreNoFreeText() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 100; i++) {
      rows.add(Row.of("title " + i, "code " + i));
    }
    assertThat(count(LabelFormat.SINGLE, rows.toArray(Row[]::new)).size()).isEqualTo(100);
  }

  private static LabelSet count(LabelFormat format, Row... rows) {
    return LabelCounts.count(RowSource.of(List.of(rows)), format, ProblemListener.STRICT);
  }
}
