package crema.family.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelArchive;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.FieldText;
import crema.data.Row;
import crema.family.linear.LinearSettings.TextColumns;
import crema.run.DataSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.TargetKind;
import crema.testmodels.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spaces of features beside each other: of several analyzers, of columns apart, of an encoder that reads columns. */
class FeatureSpacesTest {
  @TempDir
  Path folder;
  Path rows;

  /** The same words are in both columns of every row; only which one they are in tells a label. */
  @BeforeEach
  void writeRows() throws IOException {
    var random = new Random(1);
    var lines = new ArrayList<String>(List.of("name\tshop\tkind"));
    for (int i = 0; i < 200; i++) {
      String number = "no" + random.nextInt(50);
      lines.add(i % 2 == 0 ? "apple " + number + "\tpear\tfirst" : "pear " + number + "\tapple\tsecond");
    }
    rows = Files.write(folder.resolve("rows.tsv"), lines);
  }

  private Settings settings() {
    return new LinearFamily().settings().with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, "name", "shop").with(LabelSettings.LABEL, "kind")
        .with(LabelSettings.TARGET, TargetKind.SINGLE).with(DataSettings.VALIDATION_FRACTION, 0.2)
        .with(DataSettings.TEST_FRACTION, 0.2);
  }

  private TrainingResult run(Settings settings, String output, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new LinearRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))).run();
  }

  private double accuracy(Settings settings, String output) throws IOException {
    return run(settings, output, 2).report().metrics().accuracy();
  }

  private Classifier load(String output) {
    return Classifier.load(folder.resolve(output), ComputeOptions.threads(1));
  }

  @Test
  void columnsThatAreApartTellWhatTheJoinedTextDoesNot() throws IOException {
    assertThat(accuracy(settings(), "joined")).isLessThan(0.8);
    assertThat(accuracy(settings().with(LinearSettings.COLUMNS, TextColumns.APART), "apart")).isEqualTo(1);
    assertThat(accuracy(settings().with(LinearSettings.COLUMNS, TextColumns.BOTH), "both")).isEqualTo(1);
    try (Classifier joined = load("joined"); Classifier both = load("both")) {
      assertThat(joined.columns()).isEmpty();
      assertThat(joined.text(Row.of("apple"))).isEqualTo("apple");
      assertThat(both.columns()).containsExactly("name", "shop");
      assertThat(both.predict(FieldText.of(List.of("apple", "pear"))).label()).isEqualTo("first");
      assertThat(both.predict(FieldText.of(List.of("pear", "apple"))).label()).isEqualTo("second");
      assertThat(both.predict("pear no3").label()).as("a text is the first column").isEqualTo("second");
      assertThat(both.predict(List.of(FieldText.of(List.of("", " "))), 1).getFirst()).isEmpty();
      assertThatThrownBy(() -> both.predict(FieldText.of(List.of("a", "b", "c")))).isInstanceOf(UserError.class)
          .hasMessageContaining("3 columns").hasMessageContaining("name, shop");
    }
  }

  @Test
  void aSpaceIsTheOnlyOneOfItsTermsAndHasItsWeight() throws IOException {
    run(settings().with(LinearSettings.ANALYZERS, "word:shop+name", "word:name:2", "char_wb:shop:0.5")
        .with(LinearSettings.CHARACTERS_FROM, 3).with(LinearSettings.CHARACTERS_TO, 4), "spaces", 2);
    try (FeatureSpaces spaces =
        FeatureSpaces.load(new ModelDirectory(folder.resolve("spaces")), ComputeOptions.threads(1))) {
      var row = spaces.of(List.of(FieldText.of(List.of("apple", "pear"))));
      var squares = new double[3];
      for (int at = 0; at < row.elements(); at++) {
        int space = 0;
        int column = row.column(at);
        while (column >= spaces.terms().get(space).terms().vocabulary().size()) {
          column -= spaces.terms().get(space++).terms().vocabulary().size();
        }
        String term = spaces.terms().get(space).terms().vocabulary().get(column);
        assertThat(List.of("apple|pear", "apple", " pea|pear|ear | pe|pea|ear|ar ").get(space)).contains(term);
        squares[space] += (double) row.value(at) * row.value(at);
      }
      assertThat(Math.sqrt(squares[0])).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
      assertThat(Math.sqrt(squares[1])).isCloseTo(2, org.assertj.core.data.Offset.offset(1e-6));
      assertThat(Math.sqrt(squares[2])).isCloseTo(0.5, org.assertj.core.data.Offset.offset(1e-6));
    }
    assertThat(ModelFamily.ofRun(new ModelDirectory(folder.resolve("spaces")))
        .describe(new ModelDirectory(folder.resolve("spaces"))))
        .containsEntry("Terms", "word:shop+name, word:name, char_wb:shop");
  }

  @Test
  void theModelIsTheSameForAnyNumberOfThreadsAndInAnArchive() throws IOException {
    Settings several = settings().with(LinearSettings.ANALYZERS, "word", "char_wb:name")
        .with(LinearSettings.COLUMNS, TextColumns.BOTH);
    run(several, "one", 1);
    run(several, "two", 2);
    for (String file : List.of("model.safetensors", "spaces.json", "terms/1.json", "terms/4.json")) {
      assertThat(folder.resolve("two").resolve(file)).hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
    assertThat(folder.resolve("one/terms.json")).doesNotExist();
    Path archive = folder.resolve("one.crema");
    ModelArchive.write(new ModelDirectory(folder.resolve("one")), archive);
    List<String> texts = List.of(FieldText.of(List.of("apple no7", "pear")), "pear");
    try (Classifier fromDirectory = load("one"); Classifier fromArchive = Classifier.load(archive)) {
      assertThat(fromArchive.logits(texts)).isDeepEqualTo(fromDirectory.logits(texts));
    }
  }

  @Test
  void oneSpaceOfTheJoinedTextIsAModelAsBefore() throws IOException {
    run(settings(), "default", 1);
    run(settings().with(LinearSettings.ANALYZERS, "word:*"), "named", 1);
    for (String file : List.of("model.safetensors", "terms.json")) {
      assertThat(folder.resolve("named").resolve(file)).hasSameBinaryContentAs(folder.resolve("default").resolve(file));
    }
    assertThat(folder.resolve("default/spaces.json")).doesNotExist();
  }

  @Test
  void anEncoderReadsColumnsBesideTheJoinedText() throws IOException {
    Settings encoder = settings().with(FrozenSettings.ENCODER, TestModel.MINILM.folder().toString())
        .with(FrozenSettings.FEATURES, FrozenSettings.Features.ENCODER)
        .with(FrozenSettings.COLUMNS, "*", "name", "shop")
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString());
    assertThat(accuracy(encoder, "model")).isEqualTo(1);
    try (Classifier classifier = load("model")) {
      String text = FieldText.of(List.of("apple", "pear"));
      assertThat(classifier.predict(text).label()).isEqualTo("first");
      assertThat(classifier.predict(FieldText.of(List.of("pear", "apple"))).label()).isEqualTo("second");
      assertThat(classifier.embed(text)).hasSize(384).isEqualTo(classifier.embed(FieldText.of(List.of("apple pear"))));
      assertThat(classifier.logits(List.of(text, "x"))[0]).isEqualTo(classifier.logits(List.of(text))[0]);
    }
  }

  @Test
  void severalEncodersStandSideBySide() throws IOException {
    String minilm = TestModel.MINILM.folder().toString();
    Settings two = settings().with(FrozenSettings.ENCODER, minilm, minilm)
        .with(FrozenSettings.POOLING, FrozenSettings.Pooling.MEAN, FrozenSettings.Pooling.CLS)
        .with(FrozenSettings.PROMPT, "", "query: ").with(FrozenSettings.COLUMNS, "name", "shop")
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString());
    assertThat(accuracy(two, "model")).isEqualTo(1);
    assertThat(accuracy(two.with(FrozenSettings.REFERENCE, true), "referring")).isEqualTo(1);
    assertThat(folder.resolve("model/encoders/2/encoder/model.onnx")).exists();
    assertThat(folder.resolve("referring/encoders/2/encoder")).doesNotExist();
    String text = FieldText.of(List.of("apple", "pear"));
    try (Classifier classifier = load("model"); Classifier referring = load("referring")) {
      assertThat(classifier.predict(text).label()).isEqualTo("first");
      assertThat(referring.logits(List.of(text))).isDeepEqualTo(classifier.logits(List.of(text)));
    }
    var model = new ModelDirectory(folder.resolve("model"));
    try (FeatureSpaces spaces = FeatureSpaces.load(model, ComputeOptions.threads(1))) {
      assertThat(spaces.of(List.of(text)).denseColumns()).isEqualTo(4 * 384);
    }
    assertThat(new LinearFamily().describe(model).get("Kind")).contains("TF-IDF and the vectors of 2 encoders");
    assertThatThrownBy(() -> two.with(FrozenSettings.PROMPT, "a", "b", "c").checked()).isInstanceOf(UserError.class)
        .hasMessageContaining("encoder-prompt has 3 values for 2 encoders");
  }

  @Test
  void spacesThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> settings().with(LinearSettings.ANALYZERS, "words")).isInstanceOf(UserError.class)
        .hasMessageContaining("analyzer must be one of word, char, char_wb");
    assertThatThrownBy(() -> settings().with(LinearSettings.ANALYZERS, "word:name:0")).isInstanceOf(UserError.class)
        .hasMessageContaining("must be above 0");
    assertThatThrownBy(() -> run(settings().with(LinearSettings.ANALYZERS, "word:nam"), "refused", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("none of the text columns name, shop")
        .hasMessageContaining("did you mean");
    assertThatThrownBy(() -> run(settings().with(LinearSettings.ANALYZERS, "word", "word:*"), "refused", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("word:* twice");
    assertThatThrownBy(() -> settings().with(LinearSettings.CHARACTERS_TO, 1).checked()).isInstanceOf(UserError.class)
        .hasMessageContaining("--char-ngrams-to (1) must be at least --char-ngrams-from (2)");
    Settings twice = settings().with(FrozenSettings.ENCODER, folder.toString())
        .with(FrozenSettings.COLUMNS, "name", "name");
    assertThatThrownBy(() -> run(twice, "refused", 1)).isInstanceOf(UserError.class)
        .hasMessageContaining("encoder-columns names a column twice");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void damagedDescriptionsAreRefused() throws IOException {
    run(settings().with(LinearSettings.COLUMNS, TextColumns.BOTH), "model", 1);
    Path file = folder.resolve("model/spaces.json");
    String good = Files.readString(file);
    for (String bad : List.of("{}", good.substring(0, good.length() / 2), good.replaceFirst("\"shop\"", "\"shoe\""),
        good.replace("\"2.json\"", "\"../labels.json\""))) {
      assertThat(bad).isNotEqualTo(good);
      Files.writeString(file, bad);
      assertThatThrownBy(() -> load("model")).isInstanceOf(UserError.class).hasMessageContaining("spaces.json");
    }
  }
}
