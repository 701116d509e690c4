package crema.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SplitTest {
  @Property(tries = 200)
  void partsPartitionTheRowsAndGroupsNeverStraddle(
      @ForAll @Size(min = 30, max = 200) List<@IntRange(max = 12) Integer> groups, @ForAll long seed) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < groups.size(); i++) {
      var group = groups.get(i) == 0 ? null : "g" + groups.get(i);
      rows.add(new Row("t" + i, List.of(), List.of("c" + i % 3), new RowMeta(group, null, "f", i)));
    }
    var plan = SplitPlan.trainValidationTest(0.2, 0.2, seed).withGrouping(Grouping.COLUMN);
    Split split;
    try {
      split = Split.of(RowSource.of(rows), plan, ProblemListener.STRICT);
    } catch (DataException e) {
      assertThat(e).hasMessageContaining("part of the split is empty");
      return;
    }
    var parts = List.of(read(split.train()), read(split.validation()), read(split.test()));
    var all = new ArrayList<Row>();
    parts.forEach(all::addAll);
    assertThat(all).containsExactlyInAnyOrderElementsOf(rows);
    for (int a = 0; a < 3; a++) {
      assertThat(parts.get(a)).hasSize(split.size(a));
      for (int b = a + 1; b < 3; b++) {
        assertThat(groups(parts.get(a))).doesNotContainAnyElementsOf(groups(parts.get(b)));
      }
    }
  }

  @Property(tries = 100)
  void everyLabelIsDividedInTheSameShares(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 300) Integer> counts, @ForAll long seed) {
    var rows = new ArrayList<Row>();
    for (int label = 0; label < counts.size(); label++) {
      for (int i = 0; i < counts.get(label); i++) {
        rows.add(Row.of(label + " " + i, "label " + label));
      }
    }
    int total = rows.size();
    if (total < 40) {
      return;
    }
    var split = Split.of(RowSource.of(rows), SplitPlan.trainValidationTest(0.1, 0.2, seed), ProblemListener.STRICT);
    assertThat((double) split.size(2)).isCloseTo(0.2 * total, within(2.0 + counts.size()));
    assertThat((double) split.size(1)).isCloseTo(0.1 * total, within(2.0 + counts.size()));
    for (int part = 0; part < 3; part++) {
      var found = labels(split.part(part));
      for (int label = 0; label < counts.size(); label++) {
        double share = List.of(0.7, 0.1, 0.2).get(part);
        assertThat((double) found.getOrDefault("label " + label, 0))
            .isCloseTo(share * counts.get(label), within(2.5));
      }
    }
  }

  @Test
  void aLabelOfOneRowGoesToTraining() {
    for (long seed = 0; seed < 20; seed++) {
      var rows = new ArrayList<Row>();
      for (int i = 0; i < 40; i++) {
        rows.add(Row.of("t" + i, i == 7 ? "once" : "often"));
      }
      var split = Split.of(RowSource.of(rows), SplitPlan.trainValidationTest(0.3, 0.3, seed), ProblemListener.STRICT);
      assertThat(labels(split.train())).containsEntry("once", 1);
    }
  }

  @Test
  void seedsDecideAndNothingElse() {
    var rows = RowSource.of(numbered(1000));
    var plan = SplitPlan.trainValidationTest(0.1, 0.1, 1);
    var one = read(Split.of(rows, plan, ProblemListener.STRICT).test());
    assertThat(read(Split.of(rows, plan, ProblemListener.STRICT).test())).isEqualTo(one);
    var other = Split.of(rows, SplitPlan.trainValidationTest(0.1, 0.1, 2), ProblemListener.STRICT).test();
    assertThat(read(other)).isNotEqualTo(one);
  }

  @Test
  void foldsAreEqualAndStratified() {
    var split = Split.of(RowSource.of(numbered(1003)), SplitPlan.folds(5, 9), ProblemListener.STRICT);
    for (int fold = 0; fold < 5; fold++) {
      assertThat(split.size(fold)).isBetween(200, 201);
      assertThat(read(split.allBut(fold))).hasSize(1003 - split.size(fold)).doesNotContainAnyElementsOf(
          read(split.part(fold)));
      assertThat(labels(split.part(fold)).values()).allSatisfy(count -> assertThat(count).isBetween(99, 102));
    }
  }

  @Test
  void equalTextsStayTogetherIfAsked() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 300; i++) {
      rows.add(Row.of("t" + i % 70, "c" + i % 70 % 2));
    }
    var plan = SplitPlan.trainValidationTest(0.2, 0.2, 3);
    var byRow = Split.of(RowSource.of(rows), plan, ProblemListener.STRICT);
    assertThat(Duplicates.between(parts(byRow))).isNotEmpty();
    var byText = Split.of(RowSource.of(rows), plan.withGrouping(Grouping.TEXT), ProblemListener.STRICT);
    assertThat(Duplicates.between(parts(byText))).isEmpty();
  }

  @Test
  void rowsThatShareAGroupOrATextStayTogether() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 400; i++) {
      // Each text is in two groups, and each group has two texts: chains of ten groups.
      int group = i % 100;
      String text = "t" + group / 10 + "," + (group % 10 + (i / 100) % 2) % 10;
      rows.add(Row.of(text, "c" + i % 2).withMeta(new RowMeta("g" + group, null, "f", i)));
    }
    var plan = SplitPlan.folds(5, 3).withGrouping(Grouping.COLUMN_AND_TEXT);
    var split = Split.of(RowSource.of(rows), plan, ProblemListener.STRICT);
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (rows.get(i).text().charAt(1) == rows.get(j).text().charAt(1)) {
          assertThat(split.partOf(i)).as(rows.get(i) + " and " + rows.get(j)).isEqualTo(split.partOf(j));
        }
      }
    }
    assertThat(IntStream.range(0, 5).map(split::size)).containsOnly(80);
  }

  @Test
  void duplicatesAreCountedAndShownWithBothPlaces() {
    var parts = new LinkedHashMap<String, RowSource>();
    parts.put("training", RowSource.of(List.of(row("a", 1), row("b", 2), row("a", 3))));
    parts.put("validation", RowSource.of(List.of(row("c", 4), row("c", 5))));
    parts.put("test", RowSource.of(List.of(row("b", 6), row("b", 7), row("c", 8), row("d", 9))));
    assertThat(Duplicates.between(parts)).containsExactly(
        new Duplicates("test", "training", 2, List.of(new Duplicates.Example("b", "f, line 6", "f, line 2"))),
        new Duplicates("test", "validation", 1, List.of(new Duplicates.Example("c", "f, line 8", "f, line 4"))));
  }

  @Test
  void tooFewRowsForAPartAreRefused() {
    assertThatThrownBy(() -> Split.of(RowSource.of(List.of(Row.of("a", "x"), Row.of("b", "y"))),
        SplitPlan.trainValidationTest(0.1, 0.1, 0), ProblemListener.STRICT))
        .isInstanceOf(DataException.class)
        .hasMessage("the validation part of the split is empty: there are only 2 rows, too few for a share of 0.1");
  }

  @Test
  void sharesThatLeaveNothingForTrainingAreRefused() {
    assertThatThrownBy(() -> SplitPlan.trainValidationTest(0.5, 0.5, 0)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> SplitPlan.trainValidationTest(-0.1, 0.5, 0)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> SplitPlan.trainValidationTest(Double.NaN, 0.5, 0)).isInstanceOf(DataException.class);
  }

  @Test
  void rowsThatChangedSinceTheSplitAreNoticed() {
    var rows = numbered(100);
    var changing = new RowSource() {
      @Override
      public RowCursor open(ProblemListener listener) {
        return RowSource.of(rows).open(listener);
      }

      @Override
      public String fingerprint() {
        return "changing";
      }
    };
    var split = Split.of(changing, SplitPlan.trainValidationTest(0.2, 0.2, 1), ProblemListener.STRICT);
    rows.removeLast();
    assertThatThrownBy(() -> read(split.train())).isInstanceOf(DataException.class)
        .hasMessage("the data have 99 rows, but had 100 when they were split; were they changed meanwhile?");
    rows.addAll(numbered(2));
    assertThatThrownBy(() -> read(split.train())).isInstanceOf(DataException.class)
        .hasMessageContaining("more rows than when the data were split");
  }

  @Test
  void rowsWithSeveralLabelsAreDividedByEachOfThem() {
    var rows = new ArrayList<Row>();
    var random = new Random(4);
    for (int i = 0; i < 1000; i++) {
      var labels = new ArrayList<String>();
      for (int label = 0; label < 6; label++) {
        if (random.nextInt(1 << label) == 0) {
          labels.add("c" + label);
        }
      }
      rows.add(Row.of("t" + i, labels.toArray(String[]::new)));
    }
    var split = Split.of(RowSource.of(rows), SplitPlan.trainValidationTest(0.1, 0.2, 8), ProblemListener.STRICT);
    var all = labels(RowSource.of(rows));
    labels(split.test()).forEach((label, count) -> assertThat((double) count).as(label)
        .isCloseTo(0.2 * all.getOrDefault(label, 0), within(4.0)));
  }

  @Test
  void productTitlesAreSplitByProduct() {
    var plan = SplitPlan.trainValidationTest(0.1, 0.1, 1).withGrouping(Grouping.COLUMN);
    var split = Split.of(ProductTitles.rows(), plan, ProblemListener.STRICT);
    assertThat(split.size(1)).isCloseTo(3531, within(3));
    assertThat(split.size(2)).isCloseTo(3531, within(3));
    assertThat(groups(read(split.test()))).doesNotContainAnyElementsOf(groups(read(split.train())));
    var all = labels(ProductTitles.rows());
    assertThat(all).hasSize(10);
    labels(split.test()).forEach((label, count) -> assertThat((double) count).as(label)
        .isCloseTo(0.1 * all.getOrDefault(label, 0), within(5.0)));
  }

  private static LinkedHashMap<String, RowSource> parts(Split split) {
    var parts = new LinkedHashMap<String, RowSource>();
    parts.put("training", split.train());
    parts.put("validation", split.validation());
    parts.put("test", split.test());
    return parts;
  }

  private static List<Row> numbered(int count) {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < count; i++) {
      rows.add(Row.of("t" + i, "c" + i % 2));
    }
    return rows;
  }

  private static Row row(String text, long line) {
    return new Row(text, List.of(text), List.of("x"), new RowMeta(null, null, "f", line));
  }

  private static List<Row> read(RowSource source) {
    var rows = new ArrayList<Row>();
    source.forEach(ProblemListener.STRICT, rows::add);
    return rows;
  }

  private static Set<String> groups(List<Row> rows) {
    var groups = new TreeSet<String>();
    rows.stream().map(row -> row.meta().group()).filter(group -> group != null).forEach(groups::add);
    return new HashSet<>(groups);
  }

  private static Map<String, Integer> labels(RowSource source) {
    var labels = new HashMap<String, Integer>();
    source.forEach(ProblemListener.STRICT, row -> row.labels().forEach(label -> labels.merge(label, 1, Integer::sum)));
    return labels;
  }
}
