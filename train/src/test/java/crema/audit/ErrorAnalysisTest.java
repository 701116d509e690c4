package crema.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.audit.WrongAnswer.Group;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.TrainingListener;
import crema.data.LabelSet;
import crema.nn.loss.Link;
import crema.run.DataSettings;
import crema.run.Languages;
import crema.settings.Settings;
import crema.task.Decoding;
import crema.task.LabelSettings;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorAnalysisTest {
  private static final TrainingListener SILENT = new TrainingListener() {};

  @TempDir
  Path folder;

  /** A model to which a text says what is how probable: {@code word=5} is a logit of a label. */
  private record Obedient(Target target) implements Classifier {
    @Override
    public float[][] logits(List<String> texts) {
      return texts.stream().map(text -> {
        var logits = new float[target.labels().size()];
        Arrays.fill(logits, -9);
        for (String word : text.split(" ")) {
          String[] parts = word.split("=");
          if (parts.length == 2) {
            logits[target.labels().indexOf(parts[0])] = Float.parseFloat(parts[1]);
          }
        }
        return logits;
      }).toArray(float[][]::new);
    }

    @Override
    public float[][] embed(List<String> texts) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private Settings rows(TargetKind kind, String... rows) throws IOException {
    var lines = new ArrayList<>(List.of("text\tlabel"));
    lines.addAll(List.of(rows));
    Path file = Files.write(folder.resolve("rows.tsv"), lines);
    return Settings.of(DataSettings.SECTION, LabelSettings.SECTION, Languages.SECTION)
        .with(DataSettings.TRAIN, file.toString()).with(DataSettings.TEXT, "text").with(LabelSettings.LABEL, "label")
        .with(LabelSettings.TARGET, kind).with(LabelSettings.PATH_SEPARATOR, "/");
  }

  private static LabelSet labels(String... names) {
    return LabelSet.of(List.of(names), Arrays.stream(names).mapToLong(_ -> 1).toArray());
  }

  private static ErrorAnalysis errors(Target target, Settings settings) {
    return ErrorAnalysis.of(new Obedient(target), settings, List.of(), 3, 1, SILENT);
  }

  private static Group group(ErrorAnalysis errors, long row) {
    return errors.wrong().stream().filter(answer -> answer.row().number() == row).findFirst().orElseThrow().group();
  }

  @Test
  void ofOneLabelTheRankOfTheTruthSaysHowFarOffAnAnswerIs() throws IOException {
    // The right rows are so sure that no wrong one is confident, but for the last one.
    ErrorAnalysis errors = errors(new SingleLabelTarget(labels("a", "b", "c", "d", "e")), rows(TargetKind.SINGLE,
        "a=9\ta", "b=9\tb", "c=9\tc", "d=9\td",
        "b=1 a=0.9\ta", "b=1 c=0.9 a=0.8\ta", "b=1 c=0.9 d=0.8 a=0.7\ta", "b=9\ta"));
    assertThat(errors.rows()).isEqualTo(8);
    assertThat(errors.wrong()).hasSize(4);
    assertThat(group(errors, 5)).isEqualTo(Group.NEAR);
    assertThat(group(errors, 6)).isEqualTo(Group.OTHER);
    assertThat(group(errors, 7)).isEqualTo(Group.GROSS);
    assertThat(group(errors, 8)).isEqualTo(Group.MISLABELLED);
    assertThat(errors.of(Group.MISLABELLED).getFirst().suggested()).containsExactly("b");
    assertThat(errors.pairs()).singleElement()
        .satisfies(pair -> assertThat(pair.truth() + pair.answer() + pair.answers().size()).isEqualTo("ab4"));
  }

  @Test
  void inATreeSiblingsAndNodesOfThePathAreNear() throws IOException {
    TaxonomyTarget target = TaxonomyTarget.of(labels("x/a/1", "x/a/2", "x/b/1", "y/a/1"), "/", Link.SIGMOID,
        new Decoding.BestPath());
    ErrorAnalysis errors = errors(target, rows(TargetKind.TAXONOMY,
        "x=9 x/a=9 x/a/1=9\tx/a/1", "x=9 x/a=9 x/a/2=9\tx/a/2", "x=9 x/b=9 x/b/1=9\tx/b/1", "y=9 y/a=9 y/a/1=9\ty/a/1",
        "x=.6 x/a=.5 x/a/2=.4 x/a/1=.3\tx/a/1", "x=.6 x/b=.5 x/b/1=.4\tx/a/1", "y=.6 y/a=.5 y/a/1=.4\tx/a/1"));
    assertThat(group(errors, 5)).isEqualTo(Group.NEAR);
    assertThat(group(errors, 6)).isEqualTo(Group.OTHER);
    assertThat(group(errors, 7)).isEqualTo(Group.GROSS);
  }

  @Test
  void ofSeveralLabelsOneThatIsRightIsNear() throws IOException {
    ErrorAnalysis errors = errors(MultiLabelTarget.of(labels("a", "b", "c")), rows(TargetKind.MULTI,
        "a=9 b=9\ta,b", "c=9\tc", "a=1\ta,b", "a=1\tb", "a=1 c=0.5\ta"));
    assertThat(errors.wrong()).extracting(answer -> answer.row().number()).containsExactlyInAnyOrder(3L, 4L, 5L);
    assertThat(group(errors, 4)).isEqualTo(Group.GROSS);
    assertThat(group(errors, 5)).isEqualTo(Group.NEAR);
    assertThat(errors.pairs()).extracting(pair -> pair.truth() + ">" + pair.answer()).contains("b>", "b>a", ">c");
  }

  @Test
  void theNearestRowsOfTheTrainingStandBeside() throws IOException {
    Path training = Files.write(folder.resolve("train.tsv"),
        List.of("text\tlabel", "green bottle b=2 a=1\tb", "red car\ta", "green bottle b=1 a=1\ta"));
    ErrorAnalysis errors = ErrorAnalysis.of(new Obedient(new SingleLabelTarget(labels("a", "b"))),
        rows(TargetKind.SINGLE, "green bottle b=2 a=1\ta", "red car a=1\ta"), List.of(training.toString()), 2, 1,
        SILENT);
    assertThat(errors.wrong()).singleElement().satisfies(answer -> {
      assertThat(answer.nearest()).hasSize(2);
      assertThat(answer.nearest().getFirst().row().number()).isEqualTo(1);
      assertThat(answer.nearest().getFirst().similarity()).isGreaterThan(0.99);
      assertThat(answer.nearest().getLast().row().number()).isEqualTo(3);
    });
  }

  @Test
  void rowsOfTheTrainingAreJudgedByModelsOfTheOthers() throws IOException {
    var rows = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      rows.add((i % 2 == 0 ? "green bottle " : "red car ") + i + " a=1\t" + (i % 2 == 0 ? "b" : "a"));
    }
    rows.add("green bottle 77 b=9\ta");
    Settings settings = rows(TargetKind.SINGLE, rows.toArray(String[]::new));
    var warnings = new ArrayList<String>();
    ErrorAnalysis errors = ErrorAnalysis.of(new Obedient(new SingleLabelTarget(labels("a", "b"))), settings,
        settings.get(DataSettings.TRAIN), 2, 1, new TrainingListener() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        });
    // The model takes bottles for a, but others know better; and what it says of the last row is true.
    assertThat(errors.of(Group.MISLABELLED)).singleElement()
        .satisfies(answer -> assertThat(answer.row().number()).isEqualTo(41));
    assertThat(errors.wrong()).hasSize(21).allMatch(answer -> answer.nearest().size() == 2
        && answer.nearest().stream().noneMatch(near -> near.row().equals(answer.row())));
    assertThat(warnings).singleElement().asString().startsWith("41 of the texts are of rows of the training");
  }

  @Test
  void rowsWithoutAKnownLabelAreRefused() throws IOException {
    assertThatThrownBy(() -> errors(new SingleLabelTarget(labels("a", "b")), rows(TargetKind.SINGLE, "x\tc")))
        .isInstanceOf(UserError.class).hasMessageContaining("the model knows the label of none");
  }
}
