package crema.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.TrainingListener;
import crema.data.LabelCounts;
import crema.data.LabelFormat;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.data.RowMeta;
import crema.data.RowSource;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
  private static final TrainingListener SILENT = new TrainingListener() {
    @Override
    public void warning(String message) {
      throw new AssertionError(message);
    }
  };

  @TempDir
  Path folder;

  private static AuditRows rows(TargetKind kind, LabelFormat format, List<Row> labelled, List<Row> unlabelled) {
    return new AuditRows(kind, " > ", numbered(labelled), numbered(unlabelled),
        LabelCounts.count(RowSource.of(labelled), format, ProblemListener.SILENT));
  }

  private static List<AuditRow> numbered(List<Row> rows) {
    var numbered = new ArrayList<AuditRow>();
    rows.forEach(row -> numbered.add(new AuditRow(row, numbered.size() + 1)));
    return numbered;
  }

  /** Titles of products with their products as groups, every so many. */
  private static List<Row> titles(int every) {
    var rows = new ArrayList<Row>();
    var count = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, row -> {
      if (count[0]++ % every == 0) {
        rows.add(row);
      }
    });
    return rows;
  }

  private static Set<Long> flip(List<Row> rows, int flips, long seed) {
    var random = new Random(seed);
    List<String> labels = rows.stream().map(row -> row.labels().getFirst()).distinct().sorted().toList();
    var flipped = new HashSet<Long>();
    while (flipped.size() < flips) {
      int place = random.nextInt(rows.size());
      String other = labels.get(random.nextInt(labels.size()));
      if (!flipped.contains(place + 1L) && !rows.get(place).labels().contains(other)) {
        rows.set(place, rows.get(place).withLabels(List.of(other)));
        flipped.add(place + 1L);
      }
    }
    return flipped;
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 20})
  void flippedLabelsComeFirst(int every) {
    List<Row> rows = titles(every);
    int flips = rows.size() / 20;
    Set<Long> flipped = flip(rows, flips, 3);
    Audit audit = Audit.of(rows(TargetKind.SINGLE, LabelFormat.SINGLE, rows, List.of()),
        AuditOptions.DEFAULTS, SILENT);
    assertThat(audit.ranking()).hasSize(rows.size());
    long found = audit.ranking().stream().limit(flips).filter(row -> flipped.contains(row.row().number())).count();
    assertThat((double) found / flips).isGreaterThan(0.7);
    List<Judgement> doubtful = audit.doubtful();
    assertThat(doubtful.stream().filter(row -> flipped.contains(row.row().number())).count())
        .isGreaterThan(doubtful.size() / 2);
  }

  @Test
  void aResultIsTheSameWithAnyNumberOfThreads() {
    List<Row> rows = titles(150);
    AuditRows all = rows(TargetKind.SINGLE, LabelFormat.SINGLE, rows, List.of());
    assertThat(Audit.of(all, new AuditOptions(3, 1, 0.8, 10, 1), SILENT))
        .isEqualTo(Audit.of(all, new AuditOptions(3, 1, 0.8, 10, 3), SILENT));
  }

  @Test
  void rowsOfAGroupAreNotJudgedByEachOther() {
    // Each product is of one wrong label, twice: only if both are in one fold does no model know the title.
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 60; i++) {
      String label = i % 2 == 0 ? "even" : "odd";
      for (int copy = 0; copy < 2; copy++) {
        rows.add(new Row("product" + i + " of the " + label + " kind " + copy, List.of(),
            List.of(i == 7 ? "even" : label), new RowMeta("p" + i, null, "memory", rows.size() + 1)));
      }
    }
    Audit audit = Audit.of(rows(TargetKind.SINGLE, LabelFormat.SINGLE, rows, List.of()), AuditOptions.DEFAULTS, SILENT);
    assertThat(audit.doubtful()).extracting(row -> row.row().number()).containsExactlyInAnyOrder(15L, 16L);
    assertThat(audit.doubtful()).allMatch(row -> row.suggested().equals(List.of("odd")));
  }

  @Test
  void severalLabelsAreEachDecidedOn() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 120; i++) {
      boolean red = i % 2 == 0;
      boolean round = i % 3 == 0;
      var labels = new ArrayList<String>();
      if (red) {
        labels.add("red");
      }
      if (round) {
        labels.add("round");
      }
      labels.add("thing");
      rows.add(Row.of("item" + i % 10 + (red ? " crimson" : " azure") + (round ? " ball" : " cube"),
          labels.toArray(String[]::new)));
    }
    rows.set(12, Row.of("item99 crimson ball", "red", "thing"));
    List<Integer> wrong = List.of(13, 25, 37, 49, 61);
    wrong.forEach(row -> rows.set(row, Row.of(rows.get(row).text(), "red", "thing")));
    Audit audit =
        Audit.of(rows(TargetKind.MULTI, LabelFormat.many(","), rows, List.of()), AuditOptions.DEFAULTS, SILENT);
    assertThat(audit.ranking().stream().limit(1L + wrong.size())).extracting(row -> row.row().number())
        .containsExactlyInAnyOrder(13L, 14L, 26L, 38L, 50L, 62L);
    assertThat(audit.doubtful()).filteredOn(row -> row.row().number() == 13).singleElement()
        .satisfies(row -> assertThat(row.suggested()).containsExactlyInAnyOrder("red", "round", "thing"));
    assertThat(audit.doubtful()).filteredOn(row -> wrong.contains((int) row.row().number() - 1)).isNotEmpty()
        .allSatisfy(row -> assertThat(row.suggested()).containsExactly("thing"));
  }

  @Test
  void textsThatAreNearlyTheSameMustHaveOneLabel() {
    List<Row> rows = new ArrayList<>(titles(200));
    String title = "gorenje frost free upright freezer with eight drawers model 77";
    rows.add(Row.of(title, "Freezers"));
    rows.add(Row.of(title.toUpperCase(Locale.ROOT) + "  ", "Fridges"));
    rows.add(Row.of(title, "Freezers"));
    rows.add(Row.of(title + "8", "TVs"));
    Audit audit = Audit.of(rows(TargetKind.SINGLE, LabelFormat.SINGLE, rows, List.of()), AuditOptions.DEFAULTS, SILENT);
    List<Conflict> own = audit.conflicts().stream()
        .filter(conflict -> conflict.first().text().toLowerCase(Locale.ROOT).startsWith("gorenje frost")).toList();
    assertThat(own).hasSize(2);
    assertThat(own.getFirst().similarity()).isEqualTo(1);
    assertThat(own.getFirst().second().row().labels()).containsExactly("Fridges");
    assertThat(own.getLast().similarity()).isBetween(0.9, 1.0);
    assertThat(List.of(own.getLast().first(), own.getLast().second()))
        .extracting(row -> row.row().labels().getFirst()).containsExactlyInAnyOrder("Freezers", "TVs");
  }

  @Test
  void labelsThatAreTakenForEachOtherAndThoseThatLookAlikeAreFound() {
    var rows = new ArrayList<Row>();
    for (int i = 0; i < 40; i++) {
      rows.add(Row.of("plain shirt size " + i % 5, i % 2 == 0 ? "Shirts" : "Tops"));
      rows.add(Row.of("garden spade number " + i, "Tools"));
      rows.add(Row.of("steel bucket number " + i, i == 3 ? "Buckets " : "Buckets"));
    }
    Audit audit = Audit.of(rows(TargetKind.SINGLE, LabelFormat.SINGLE, rows, List.of()), AuditOptions.DEFAULTS, SILENT);
    assertThat(audit.overlaps().getFirst().first()).isEqualTo("Shirts");
    assertThat(audit.overlaps().getFirst().second()).isEqualTo("Tops");
    assertThat(audit.overlaps().getFirst().share()).isGreaterThan(0.2);
    assertThat(audit.lookAlikes()).containsExactly(List.of("Buckets", "Buckets "));
    assertThat(audit.unjudged()).isEqualTo(1);
    assertThat(audit.ranking().getLast().isJudged()).isFalse();
  }

  @Test
  void whatToLabelNextIsUncertainAndDiverse() {
    var labelled = new ArrayList<Row>();
    for (int i = 0; i < 40; i++) {
      labelled.add(Row.of("washing machine number " + i, "wash"));
      labelled.add(Row.of("digital camera number " + i, "photo"));
    }
    var unlabelled = new ArrayList<Row>();
    for (int i = 0; i < 30; i++) {
      unlabelled.add(Row.of("washing machine number " + (100 + i)));
    }
    for (int i = 0; i < 10; i++) {
      unlabelled.add(Row.of("washing digital " + (i % 2 == 0 ? "one" : "two")));
    }
    unlabelled.add(Row.of("machine camera"));
    Audit audit = Audit.of(rows(TargetKind.SINGLE, LabelFormat.SINGLE, labelled, unlabelled),
        new AuditOptions(5, 1, 0.9, 3, 2), SILENT);
    assertThat(audit.next()).hasSize(3);
    assertThat(audit.next()).extracting(row -> row.row().text()).doesNotHaveDuplicates()
        .allMatch(text -> !text.startsWith("washing machine")).contains("machine camera");
  }

  private Settings settings(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("rows.csv"), text);
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION)
        .with(DataSettings.TRAIN, file.toString()).with(DataSettings.TEXT, "title").with(LabelSettings.LABEL, "kind");
  }

  @Test
  void rowsHaveTheirNumbersAndThoseWithoutALabelStandApart() throws IOException {
    var problems = new ProblemLog();
    AuditRows rows = AuditRows.read(settings("title,kind\na,x\nb,\n,x\n\"c\nd\",y\ne,\n"), problems);
    assertThat(rows.labelled()).extracting(AuditRow::number).containsExactly(1L, 4L);
    assertThat(rows.labelled()).extracting(row -> row.row().meta().line()).containsExactly(2L, 5L);
    assertThat(rows.unlabelled()).extracting(AuditRow::text).containsExactly("b", "e");
    assertThat(problems.total()).isEqualTo(1);
  }

  @Test
  void mistakesAreTold() throws IOException {
    assertThatThrownBy(() -> AuditRows.read(settings("title,kind\na,\n"), new ProblemLog()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("both a text and a label");
    assertThatThrownBy(() -> AuditRows.read(settings("title,kind\nab,x\ncd,x\n"), new ProblemLog()))
        .hasMessageContaining("all 2 rows have the label 'x'");
    AuditRows few = AuditRows.read(settings("title,kind\nab,x\ncd,y\n"), new ProblemLog());
    assertThatThrownBy(() -> Audit.of(few, AuditOptions.DEFAULTS, SILENT))
        .hasMessageContaining("need at least 10 rows with labels");
    assertThatThrownBy(() -> new AuditOptions(1, 1, 0.9, 3, 2)).isInstanceOf(UserError.class);
  }
}
