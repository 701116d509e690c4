package crema.family.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.FileTree;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelArchive;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.embed.PoolingKind;
import crema.embed.SentenceFolder;
import crema.family.linear.FrozenSettings.Features;
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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A linear model on the vectors of a real encoder: what words mean is known before the first row. */
class FrozenEncoderTest {
  private static final List<String> NEW = List.of("a kitten", "an airplane", "");

  @TempDir
  Path folder;
  Path rows;

  @BeforeEach
  void writeRows() throws IOException {
    // No word of the test rows is in a training row: terms alone cannot tell them apart.
    String[] animals = {"dog", "horse", "cow", "sheep", "goat", "pig", "rabbit", "mouse", "lion", "tiger"};
    String[] vehicles = {"car", "truck", "bus", "tram", "train", "ship", "boat", "bicycle", "van", "helicopter"};
    var lines = new ArrayList<String>(List.of("text,kind,group"));
    for (int i = 0; i < animals.length; i++) {
      lines.add(animals[i] + ",animal," + i);
      lines.add(vehicles[i] + ",vehicle," + i);
    }
    rows = Files.write(folder.resolve("rows.csv"), lines);
  }

  private Settings settings(Features features) {
    return new LinearFamily().settings().with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, "text").with(LabelSettings.LABEL, "kind")
        .with(LabelSettings.TARGET, TargetKind.SINGLE).with(DataSettings.VALIDATION_FRACTION, 0.2)
        .with(DataSettings.TEST_FRACTION, 0.3).with(FrozenSettings.ENCODER, TestModel.MINILM.folder().toString())
        .with(FrozenSettings.FEATURES, features)
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString());
  }

  private TrainingResult run(Settings settings, String output, int threads) throws IOException {
    var directory = new ModelDirectory(folder.resolve(output));
    directory.prepareForRun(false);
    return new LinearRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(threads))).run();
  }

  private Classifier load(String output) {
    return Classifier.load(folder.resolve(output), ComputeOptions.threads(1));
  }

  @Test
  void anEncoderThatSaysHowItPoolsIsCarriedAlongWhole() throws IOException {
    Path sentences = Files.createDirectories(folder.resolve("sentences"));
    try (Stream<Path> files = Files.list(TestModel.MINILM.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, sentences.resolve(file.getFileName()));
      }
    }
    new SentenceFolder(sentences).writeModules(PoolingKind.CLS, 384, 64);
    run(settings(Features.ENCODER).with(FrozenSettings.ENCODER, List.of(sentences.toString())), "model", 1);
    assertThat(folder.resolve("model/encoder/1_Pooling/config.json")).exists();
    FileTree.delete(sentences);
    try (Classifier classifier = load("model")) {
      assertThat(classifier.predict("a kitten").label()).isEqualTo("animal");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ENCODER", "BOTH"})
  void meaningIsKnownWithoutWordsInCommonAndTheModelPredictsAlone(Features features) throws IOException {
    TrainingResult result = run(settings(features), "model", 2);
    assertThat(result.report().metrics().accuracy()).isEqualTo(1);
    Files.move(folder.resolve("model"), folder.resolve("elsewhere"));
    Path archive = folder.resolve("elsewhere.zip");
    ModelArchive.write(new ModelDirectory(folder.resolve("elsewhere")), archive);
    try (Classifier packed = load("elsewhere.zip"); Classifier classifier = load("elsewhere")) {
      assertThat(packed.logits(NEW)).isDeepEqualTo(classifier.logits(NEW));
    }
    try (Classifier classifier = load("elsewhere")) {
      assertThat(classifier.predict(NEW.get(0)).label()).isEqualTo("animal");
      assertThat(classifier.predict(NEW.get(1)).label()).isEqualTo("vehicle");
      assertThat(classifier.answer(NEW).get(2)).isEmpty();
      assertThat(classifier.embed("a kitten")).hasSize(384);
      float[] alone = classifier.logits(List.of(NEW.get(1)))[0];
      assertThat(classifier.logits(NEW)[1]).isEqualTo(alone);
    }
  }

  @Test
  void theModelIsTheSameForAnyNumberOfThreadsAndFromTheCache() throws IOException {
    run(settings(Features.BOTH), "one", 1);
    run(settings(Features.BOTH), "two", 2);
    for (String file : List.of("model.safetensors", "terms.json", "encoder.json")) {
      assertThat(folder.resolve("two").resolve(file)).hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
  }

  @Test
  void anEncoderByReferenceMustBeTheSame() throws IOException {
    Path encoder = Files.createDirectories(folder.resolve("encoder"));
    for (String file : List.of("model.onnx", "tokenizer.json")) {
      Files.copy(TestModel.MINILM.folder().resolve(file), encoder.resolve(file));
    }
    run(settings(Features.BOTH).with(FrozenSettings.ENCODER, encoder.toString()).with(FrozenSettings.REFERENCE, true),
        "model", 2);
    assertThat(folder.resolve("model/encoder")).doesNotExist();
    try (Classifier classifier = load("model")) {
      assertThat(classifier.predict("a kitten").label()).isEqualTo("animal");
    }
    Files.writeString(encoder.resolve("config_sentence_transformers.json"), "{}");
    assertThatThrownBy(() -> load("model")).isInstanceOf(UserError.class)
        .hasMessageContaining("not the one that it was trained with");
  }

  @Test
  void settingsWithoutAnEncoderAreRefused() {
    Settings rowsAlone = new LinearFamily().settings().with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, "text").with(LabelSettings.LABEL, "kind");
    assertThatThrownBy(() -> rowsAlone.with(FrozenSettings.FEATURES, Features.ENCODER).checked())
        .isInstanceOf(UserError.class).hasMessageContaining("--encoder");
    assertThatThrownBy(() -> rowsAlone.with(FrozenSettings.WEIGHT, 2.0).checked())
        .isInstanceOf(UserError.class).hasMessageContaining("no effect without --encoder");
    assertThatThrownBy(() -> settings(Features.TFIDF).checked()).isInstanceOf(UserError.class)
        .hasMessageContaining("no effect with --features tfidf");
  }
}
