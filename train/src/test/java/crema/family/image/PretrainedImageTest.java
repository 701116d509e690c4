package crema.family.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.Item;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.family.linear.FrozenSettings;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.model.vision.ClipConfig;
import crema.nn.model.vision.ClipModel;
import crema.pretrained.PretrainedClip;
import crema.run.DataSettings;
import crema.run.PictureSettings;
import crema.run.TrainingSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.tensor.Backend;
import crema.tensor.Device;
import crema.testmodels.DrawnPictures;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of pictures that start from a small CLIP of random weights. */
class PretrainedImageTest {
  @TempDir
  static Path folder;
  static Path rows;
  static Path clip;

  @BeforeAll
  static void write() throws IOException {
    rows = DrawnPictures.write(folder, 45);
    clip = Files.createDirectories(folder.resolve("clip"));
    Map<String, Object> part = Map.of("hidden_size", 16, "intermediate_size", 32, "num_hidden_layers", 1,
        "num_attention_heads", 2, "image_size", 16, "patch_size", 8, "vocab_size", 300, "max_position_embeddings", 12);
    Map<String, Object> json =
        Map.of("model_type", "clip", "projection_dim", 12, "vision_config", part, "text_config", part);
    JsonFile.write(clip.resolve("config.json"), json);
    JsonFile.write(clip.resolve("preprocessor_config.json"), Map.of("do_center_crop", true, "crop_size", 16, "size",
        Map.of("shortest_edge", 16), "resample", 3, "image_mean", List.of(0.5, 0.5, 0.5), "image_std",
        List.of(0.25, 0.25, 0.25)));
    try (Backend backend = Backend.open(Device.CPU);
        var model = new ClipModel(ParameterSource.random(backend, 1), ClipConfig.of(json))) {
      SafetensorsWriter.write(clip.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(300)
        .train(Stream.of("a photo of a level picture", "upright", "checked")).save(clip.resolve("tokenizer.json"));
  }

  private static Settings settings() {
    return new ImageFamily().settings().with(DataSettings.TRAIN, rows.toString()).with(PictureSettings.IMAGE, "photo")
        .with(PictureSettings.PICTURE_CACHE, folder.resolve("cache").toString())
        .with(FrozenSettings.VECTOR_CACHE, folder.resolve("vectors").toString())
        .with(LabelSettings.LABEL, "category").with(ImageSettings.VISION, clip.toString());
  }

  private static TrainingResult run(Settings settings, String name, int threads) throws IOException {
    return new ImageFamily().newRun(settings.checked(), RunContext.in(new ModelDirectory(folder.resolve(name)))
        .withCompute(ComputeOptions.threads(threads))).run();
  }

  @Test
  void aHeadIsTrainedOnVectorsThatAreMadeOnceAndTheModelReadsPicturesWithTheTower() throws IOException {
    Settings settings = settings().with(TrainingSettings.EPOCHS, 5);
    assertThat(run(settings, "frozen", 2).report()).isNotNull();
    byte[] weights = Files.readAllBytes(folder.resolve("frozen").resolve(ImageFamily.WEIGHTS));
    long kept = size(folder.resolve("vectors"));
    assertThat(kept).isPositive();
    run(settings, "again", 1);
    assertThat(size(folder.resolve("vectors"))).as("no vector is made twice").isEqualTo(kept);
    assertThat(Files.readAllBytes(folder.resolve("again").resolve(ImageFamily.WEIGHTS))).isEqualTo(weights);
    run(settings.with(ImageSettings.FINE_TUNE, true).with(TrainingSettings.EPOCHS, 1), "tuned", 2);
    assertThat(Files.readAllBytes(folder.resolve("tuned").resolve(ImageFamily.WEIGHTS))).isNotEqualTo(weights);
    try (Classifier classifier = Classifier.load(folder.resolve("frozen"))) {
      assertThat(classifier.embed(Item.picture(folder.resolve("photos/0.png")))).hasSize(12);
    }
  }

  private static long size(Path cache) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void withoutTrainingPicturesAreComparedWithTheNamesOfCategories() throws IOException {
    TrainingResult result = run(settings().with(ImageSettings.ZERO_SHOT, true), "names", 2);
    assertThat(result.report()).isNotNull();
    try (Classifier classifier = Classifier.load(folder.resolve("names"));
        Backend backend = Backend.open(Device.CPU)) {
      List<String> texts = classifier.labels().stream().map(label -> "a photo of a " + label).toList();
      PretrainedClip.TextVectors names = PretrainedClip.vectors(clip, texts, backend);
      Item item = Item.picture(folder.resolve("photos/4.png"));
      float[] vector = classifier.embed(item);
      double length = 0;
      for (float value : vector) {
        length += (double) value * value;
      }
      float[] logits = classifier.logits(List.of(item))[0];
      for (int label = 0; label < logits.length; label++) {
        double product = 0;
        for (int i = 0; i < vector.length; i++) {
          product += vector[i] * names.vectors()[label][i];
        }
        assertThat(logits[label]).isCloseTo((float) (names.scale() * product / Math.sqrt(length)),
            within(1e-3f));
      }
    }
  }

  @Test
  void withoutTrainingRowsWhosePictureIsNoneAreLeftOutOfTheTest() throws IOException {
    Path page = Files.writeString(folder.resolve("photos/page.png"), "<html></html>");
    var lines = new ArrayList<>(List.of("photo,category"));
    for (int i = 0; i < 6; i++) {
      lines.add("photos/" + (i == 4 ? page.getFileName() : i + ".png") + "," + DrawnPictures.CATEGORIES.get(i % 3));
    }
    Path tested = Files.write(folder.resolve("tested.csv"), lines);
    TrainingResult result = run(settings().with(ImageSettings.ZERO_SHOT, true).with(DataSettings.TEST,
        List.of(tested.toString())), "tested", 2);
    assertThat(result.report().metrics().documents()).isEqualTo(5);
  }

  @Test
  void whatIsNoVisionModelIsRefusedInALine() throws IOException {
    Path none = Files.createDirectories(folder.resolve("none"));
    assertThatThrownBy(() -> run(settings().with(ImageSettings.VISION, none.toString()), "a", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("has no config.json");
    assertThatThrownBy(() -> run(settings().without(ImageSettings.VISION).with(ImageSettings.ZERO_SHOT, true), "b", 1))
        .isInstanceOf(UserError.class).hasMessageContaining("--zero-shot");
    assertThatThrownBy(() -> run(settings().with(ImageSettings.ZERO_SHOT, true).with(ImageSettings.NAME_PROMPT, "x"),
        "c", 1)).isInstanceOf(UserError.class).hasMessageContaining("{}");
  }
}
