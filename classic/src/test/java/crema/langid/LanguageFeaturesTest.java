package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LanguageFeaturesTest {

  /** " a", " ab", " ab ", a, ab, "ab ", b, "b "; the word; it after the start, before the end, and the start before the end. */
  @Test
  void aWordHasItsNgramsItselfAndItsPairsWithStartAndEnd() {
    assertThat(LanguageFeatures.of("ab")).hasSize(8 + 1 + 4);
  }

  @Test
  void ngramsStayWithinAWord() {
    int[] both = LanguageFeatures.of("ab cd");
    int ofWords = 2 * (8 + 1);
    int pairs = 3 + 3;
    assertThat(both).hasSize(ofWords + pairs);
  }

  @Test
  void wordsAreKnownInAnotherOrderAndPairsAreNot() {
    int[] one = LanguageFeatures.of("ab cd ef gh");
    assertThat(common(one, LanguageFeatures.of("gh ef cd ab"))).isEqualTo(4 * (8 + 1));
    int pairsWithoutTheOther = 6;
    assertThat(common(one, LanguageFeatures.of("ab xx ef gh"))).isEqualTo(3 * (8 + 1) + pairsWithoutTheOther);
  }

  private static long common(int[] one, int[] other) {
    return IntStream.of(one).filter(hash -> Arrays.binarySearch(other, hash) >= 0).count();
  }

  @Test
  void caseSpacesDigitsAndPunctuationDoNotMatter() {
    int[] plain = LanguageFeatures.of("ça m'est égal नमस्ते 東京");
    assertThat(LanguageFeatures.of("  «Ça», 12 M'EST\n\tégal! (नमस्ते) — 東京。")).isEqualTo(plain);
  }

  @Test
  void aTextWithoutWordsHasNone() {
    assertThat(LanguageFeatures.of("")).isEmpty();
    assertThat(LanguageFeatures.of("1 2, 3!")).isEmpty();
  }

  @Property
  void hashesAreAscendingAndOfTheirBits(@ForAll String text) {
    int[] hashes = LanguageFeatures.of(text);
    for (int i = 0; i < hashes.length; i++) {
      assertThat(hashes[i] >>> LanguageFeatures.HASH_BITS).isZero();
      assertThat(i == 0 || hashes[i] > hashes[i - 1]).isTrue();
    }
  }
}
