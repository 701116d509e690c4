package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PreTokenizerTest {
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(" ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "'s", "'S", "'\u017f", "'ll", "'Re", "'",
        "a", "Word", "é", "e\u0301", "1", "12", "2024", "½", "!", "--", "日本", "\ud83d\udc4d", "\u200d", "\u0000",
        "\ud835\udcb3", "\ud840\udc00")
        .list().ofMaxSize(25).map(parts -> String.join("", parts));
  }

  @Property
  void theHandWrittenScannersMatchWhatTheirPatternsMatch(@ForAll("texts") String text) {
    for (var pattern : List.of(
        Gpt2Scanner.PATTERN, Gpt4Scanner.PATTERN_OF_SINGLE_DIGITS, Gpt4Scanner.PATTERN_OF_THREE_DIGITS)) {
      assertThat(pieces(split(PatternScanner.ofRegex(pattern), SplitBehavior.ISOLATED), text)).as(pattern)
          .isEqualTo(pieces(split(new RegexScanner(pattern), SplitBehavior.ISOLATED), text));
    }
  }

  @Property
  void piecesJoinedAreTheText(@ForAll("texts") String text) {
    var scanners = List.of(new Gpt2Scanner(), new Gpt4Scanner(1), new Gpt4Scanner(3), new RegexScanner("\\w*"),
        new RegexScanner("[^\\p{So}]*?"),
        new LiteralScanner("a"));
    for (var scanner : scanners) {
      for (var behavior : SplitBehavior.values()) {
        if (behavior != SplitBehavior.REMOVED) {
          var steps = new PreTokenizer.SplitSequence(List.of(split(scanner, behavior), new PreTokenizer.Digits(true)));
          assertThat(pieces(steps, text)).doesNotContain("");
          assertThat(String.join("", pieces(steps, text))).isEqualTo(text);
        }
      }
    }
  }

  @Test
  void matchesJoinTheirNeighboursAsHuggingFaceDocuments() {
    var text = "the-final--countdown";
    var dash = new LiteralScanner("-");

    assertThat(pieces(split(dash, SplitBehavior.REMOVED), text)).containsExactly("the", "final", "countdown");
    assertThat(pieces(split(dash, SplitBehavior.ISOLATED), text))
        .containsExactly("the", "-", "final", "-", "-", "countdown");
    assertThat(pieces(split(dash, SplitBehavior.MERGED_WITH_PREVIOUS), text))
        .containsExactly("the-", "final-", "-", "countdown");
    assertThat(pieces(split(dash, SplitBehavior.MERGED_WITH_NEXT), text))
        .containsExactly("the", "-final", "-", "-countdown");
    assertThat(pieces(split(dash, SplitBehavior.CONTIGUOUS), text))
        .containsExactly("the", "-", "final", "--", "countdown");
  }

  private static PreTokenizer.Splitter split(PatternScanner scanner, SplitBehavior behavior) {
    return new PreTokenizer.Split(scanner, behavior, false);
  }

  private static List<String> pieces(PreTokenizer.Splitter preTokenizer, String text) {
    var found = new Pieces();
    preTokenizer.split(text.toCharArray(), 0, text.length(), found);
    var pieces = new ArrayList<String>();
    for (int i = 0; i < found.size(); i++) {
      pieces.add(text.substring(found.start(i), found.end(i)));
    }
    return pieces;
  }
}
