package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.base.UserError;
import crema.classify.ComputeOptions;
import crema.testmodels.TestModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors of real models equal those of ONNX Runtime, alone and in any company. */
class EmbedderTest {
  private static final List<String> TEXTS = List.of("Bosch Serie 6 washing machine 9kg, white",
      "A front-loading washer made by Bosch", "Harry Potter and the Chamber of Secrets (paperback)");

  @TempDir
  Path folder;

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
    }
    return dot;
  }

  /** The first values and the cosines that ONNX Runtime 1.29 gave for the same weights. */
  @ParameterizedTest
  @CsvSource({
      "MINILM, MEAN, -0.06334836 0.0926844 0.02677638 -0.00845118 0.06474483, 0.608755 -0.017994 -0.048154",
      "BGE_SMALL, CLS, -0.04494558 0.00519550 0.00590855 -0.0355634 0.02327939, 0.819751 0.446255 0.427695",
      "E5_SMALL, MEAN, -0.03431325 0.01501058 -0.03119485 0.00611279 -0.01591637, 0.891236 0.736743 0.732778"})
  void vectorsOfRealModelsEqualOnnxRuntimes(TestModel model, PoolingKind pooling, String first, String cosines) {
    try (Embedder embedder = Embedder.load(model.folder(), EmbedOptions.DEFAULT.withPooling(pooling)
        .withNormalize(true), ComputeOptions.threads(2))) {
      float[][] vectors = embedder.embed(TEXTS);
      String[] values = first.split(" ");
      for (int i = 0; i < values.length; i++) {
        assertThat(vectors[0][i]).isCloseTo(Float.parseFloat(values[i]), org.assertj.core.data.Offset.offset(1e-6f));
      }
      String[] expected = cosines.split(" ");
      assertThat(cosine(vectors[0], vectors[1])).isCloseTo(Double.parseDouble(expected[0]),
          org.assertj.core.data.Offset.offset(2e-6));
      assertThat(cosine(vectors[0], vectors[2])).isCloseTo(Double.parseDouble(expected[1]),
          org.assertj.core.data.Offset.offset(2e-6));
      assertThat(cosine(vectors[1], vectors[2])).isCloseTo(Double.parseDouble(expected[2]),
          org.assertj.core.data.Offset.offset(2e-6));
    }
  }

  @Test
  void aTextHasTheSameBitsAloneAndInAnyCompanyWithAnyNumberOfThreads() {
    var texts = new ArrayList<String>(TEXTS);
    texts.add("");
    texts.add("washing machine ".repeat(200));
    for (int i = 0; i < 40; i++) {
      texts.add("offer " + i + " of " + "a very good fridge ".repeat(i % 7));
    }
    Path model = TestModel.MINILM.folder();
    float[][] together;
    try (Embedder embedder = Embedder.load(model, EmbedOptions.DEFAULT, ComputeOptions.threads(1))) {
      together = embedder.embed(texts);
    }
    try (Embedder embedder = Embedder.load(model, EmbedOptions.DEFAULT, ComputeOptions.threads(3))) {
      for (int i = 0; i < texts.size(); i += 3) {
        assertThat(embedder.embed(texts.get(i))).isEqualTo(together[i]);
      }
      assertThat(embedder.embed(texts.reversed()).length).isEqualTo(texts.size());
      assertThat(embedder.embed(texts.reversed())[0]).isEqualTo(together[texts.size() - 1]);
    }
  }

  @Test
  void longTextsAreCutAndCounted() {
    try (Embedder embedder = Embedder.load(TestModel.MINILM.folder(), EmbedOptions.DEFAULT.withMaxLength(8),
        ComputeOptions.threads(1))) {
      // Three words, and six of which none is seen: cut at six, with both special tokens kept.
      Embedder.Embeddings some = embedder.embedAll(List.of("one two three", "a b c d e f", "a b c d e f g"), _ -> {});
      assertThat(some.isCut()).containsExactly(false, false, true);
      assertThat(some.cut()).isEqualTo(1);
      assertThat(some.vectors().row(2)).isEqualTo(some.vectors().row(1));
    }
    assertThatThrownBy(() -> Embedder.load(TestModel.MINILM.folder(), EmbedOptions.DEFAULT.withMaxLength(513),
        ComputeOptions.threads(1))).isInstanceOf(UserError.class).hasMessageContaining("from 3 to 512");
  }

  private static Path sentenceFolder(Path folder, String modules) throws IOException {
    for (String file : List.of("model.onnx", "tokenizer.json")) {
      Files.createSymbolicLink(folder.resolve(file), TestModel.MINILM.folder().resolve(file));
    }
    Files.writeString(folder.resolve("modules.json"), modules);
    return folder;
  }

  @Test
  void aFolderOfSentenceTransformersIsUsedAsItSays() throws IOException {
    Path model = sentenceFolder(folder, """
        [{"path": "", "type": "sentence_transformers.models.Transformer"},
         {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
         {"path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]""");
    Files.createDirectories(model.resolve("1_Pooling"));
    Files.writeString(model.resolve("1_Pooling/config.json"),
        "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true, \"include_prompt\": false}");
    Files.writeString(model.resolve("config_sentence_transformers.json"), "{\"prompts\": {\"q\": \"query: \"}}");
    float[] cls;
    float[] mean;
    try (Embedder plain = Embedder.load(TestModel.MINILM.folder(), EmbedOptions.DEFAULT.withPooling(PoolingKind.CLS),
        ComputeOptions.threads(1))) {
      cls = plain.embed("a red fridge");
    }
    try (Embedder plain = Embedder.load(TestModel.MINILM.folder(), EmbedOptions.DEFAULT, ComputeOptions.threads(1))) {
      mean = plain.embed("a red fridge");
    }
    double length = 0;
    for (int i = 0; i < cls.length; i++) {
      length += (double) cls[i] * cls[i] + (double) mean[i] * mean[i];
    }
    try (Embedder embedder = Embedder.load(model, EmbedOptions.DEFAULT, ComputeOptions.threads(1))) {
      float[] joined = embedder.embed("a red fridge");
      assertThat(joined).hasSize(2 * cls.length);
      for (int i = 0; i < cls.length; i++) {
        assertThat((double) joined[i]).isCloseTo(cls[i] / Math.sqrt(length), org.assertj.core.data.Offset.offset(1e-6));
        assertThat((double) joined[cls.length + i]).isCloseTo(mean[i] / Math.sqrt(length),
            org.assertj.core.data.Offset.offset(1e-6));
      }
    }
    try (Embedder embedder = Embedder.load(model, EmbedOptions.DEFAULT.withPromptName("q").withPooling(
        PoolingKind.MEAN).withNormalize(false), ComputeOptions.threads(1));
        Embedder first = Embedder.load(model, EmbedOptions.DEFAULT.withDimensions(16), ComputeOptions.threads(1))) {
      assertThat(embedder.embed("fridge")).isNotEqualTo(mean).hasSize(384);
      float[] short16 = first.embed("a red fridge");
      assertThat(short16).hasSize(16);
      assertThat(cosine(short16, short16)).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
    }
  }

  @Test
  void vectorsAreTheSameFromTheCacheWithoutTheModel() throws IOException {
    Path cache = folder.resolve("cache");
    Path model = TestModel.MINILM.folder();
    Vectors fresh;
    try (var embedder = new CachedEmbedder(model, EmbedOptions.DEFAULT.withMaxLength(8), ComputeOptions.threads(2),
        Optional.of(cache))) {
      fresh = embedder.embed(List.of("b", "a", "b", "a b c d e f g h"), EmbedListener.SILENT);
      assertThat(embedder.cut()).isEqualTo(1);
    }
    try (var embedder = new CachedEmbedder(model, EmbedOptions.DEFAULT.withMaxLength(8), ComputeOptions.threads(1),
        Optional.of(cache))) {
      var computed = new ArrayList<Long>();
      assertThat(embedder.embed(List.of("b", "a", "b", "a b c d e f g h"), (done, _) -> computed.add(done)))
          .isEqualTo(fresh);
      assertThat(computed).isEmpty();
      assertThat(embedder.cut()).isEqualTo(1);
    }
    try (var other = new CachedEmbedder(model, EmbedOptions.DEFAULT.withMaxLength(9), ComputeOptions.threads(1),
        Optional.of(cache));
        var same = new CachedEmbedder(model, EmbedOptions.DEFAULT.withMaxLength(8), ComputeOptions.threads(1),
            Optional.empty())) {
      assertThat(other.fingerprint()).isNotEqualTo(same.fingerprint());
      assertThat(same.embed(List.of("b", "a", "b", "a b c d e f g h"), EmbedListener.SILENT)).isEqualTo(fresh);
    }
  }

  @Test
  void aFolderThatIsNotWholeIsNamed() throws IOException {
    assertThatThrownBy(() -> Embedder.load(folder)).isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    assertThatThrownBy(() -> Embedder.load(folder.resolve("none"))).isInstanceOf(UserError.class)
        .hasMessageContaining("none");
  }

  @Test
  void whatIsClosedSaysSoAndSoDoWhatSharesItsModel() {
    Embedder embedder = Embedder.load(TestModel.MINILM.folder(), EmbedOptions.DEFAULT, ComputeOptions.threads(1));
    List<String> withNull = new ArrayList<>(TEXTS);
    withNull.add(null);
    assertThatThrownBy(() -> embedder.embed(withNull)).isInstanceOf(NullPointerException.class);
    assertThat(embedder.embed(List.of())).isEmpty();
    embedder.close();
    embedder.close();
    assertThatThrownBy(() -> embedder.embed("fridge")).isInstanceOf(IllegalStateException.class)
        .hasMessage("the embedder is closed");
    assertThatThrownBy(() -> embedder.tokens("fridge")).isInstanceOf(IllegalStateException.class);
  }
}
