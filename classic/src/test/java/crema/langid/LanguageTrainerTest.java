package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LanguageTrainerTest {

  @Test
  void aFewSentencesTellLanguagesApart() {
    var detector = new LanguageDetector(LanguageTrainer.train(List.of(
        new LanguageTrainer.Sentence("deu", "Das ist der Zug nach Berlin."),
        new LanguageTrainer.Sentence("deu", "Ist das der Weg zum Bahnhof?"),
        new LanguageTrainer.Sentence("eng", "This is the train to London."),
        new LanguageTrainer.Sentence("eng", "Is this the way to the station?"),
        new LanguageTrainer.Sentence("ell", "Αυτό είναι το τρένο για την Αθήνα."),
        new LanguageTrainer.Sentence("ell", "Είναι αυτός ο δρόμος για τον σταθμό;")), CommonLanguages.NONE));
    assertThat(best(detector, "Der Bahnhof ist weit weg.")).isEqualTo("deu");
    assertThat(best(detector, "The station is far away.")).isEqualTo("eng");
    assertThat(best(detector, "Ο σταθμός είναι μακριά.")).isEqualTo("ell");
  }

  @Test
  void theSameSentencesGiveTheSameFile() throws IOException {
    byte[] one = LanguageModelFormat.bytes(LanguageTrainer.train(Sentences.all(), CommonLanguages.NONE));
    assertThat(LanguageModelFormat.bytes(LanguageTrainer.train(Sentences.all(), CommonLanguages.NONE))).isEqualTo(one);
  }

  @Test
  void theMostFrequentLanguageIsFirst() {
    var sentences = new ArrayList<>(Sentences.of("deu"));
    sentences.addAll(Sentences.of("ell"));
    sentences.addAll(Sentences.of("ell"));
    assertThat(LanguageTrainer.train(sentences, CommonLanguages.NONE).languages()).containsExactly("ell", "deu");
  }

  @Test
  void sentencesThatTeachNothingAreRefused() {
    assertThatThrownBy(() -> LanguageTrainer.train(Sentences.of("deu"), CommonLanguages.NONE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("of 1 languages");
    assertThatThrownBy(() -> LanguageTrainer.train(List.of(
        new LanguageTrainer.Sentence("deu", "1"), new LanguageTrainer.Sentence("ell", "2")), CommonLanguages.NONE))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nothing to learn");
  }

  private static String best(LanguageDetector detector, String text) {
    return detector.detect(text, 1).getFirst().code();
  }
}
