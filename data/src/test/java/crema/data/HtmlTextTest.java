package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** HTML becomes its text, and plain text stays what it is. */
final class HtmlTextTest {
  @Test
  void tagsAndCommentsAreLeftOutAndOnlyBlocksLeaveGaps() {
    assertThat(HtmlText.of("<p>One&nbsp;two.</p><P class='x>y'>Three<br/>four</p>")).isEqualTo("One two. Three four");
    assertThat(HtmlText.of("H<sub>2</sub>O, <b>bold</b><!-- <p>no</p> --> and <a href=\"a>b\">link</a>"))
        .isEqualTo("H2O, bold and link");
    assertThat(HtmlText.of("<ul><li>a</li><li>b</li></ul><script>if (a < b) {}</script>c<style>p {}</style>"))
        .isEqualTo("a b c");
    assertThat(HtmlText.of("<![CDATA[<p>Feed</p>]]><x-badge>new</x-badge><o:p>Word</o:p>")).isEqualTo("Feed new Word");
    assertThat(HtmlText.of("&lt;p&gt;Escaped &amp;amp; twice&lt;/p&gt;")).isEqualTo("Escaped & twice");
  }

  @Test
  void whatOnlyLooksLikeHtmlStays() {
    for (String text : new String[] {"5 < 6 > 4", "List<String> and a<b", "I <3 this", "AT&T & R&D; &unknown;", "x <p",
        "<>", "a && b", "&#xZZ; &#1114112; &#55296;", "100% [NEW] {x}", "<Bosch> drill"}) {
      assertThat(HtmlText.of(text)).isEqualTo(text);
    }
  }

  @Test
  void aQuoteThatIsNotClosedTakesOnlyItsTag() {
    assertThat(HtmlText.of("<a href=\"x>link</a> and more")).isEqualTo("link and more");
  }

  @Test
  void whiteSpaceIsFoldedAndInvisibleCharactersAreLeftOut() {
    assertThat(HtmlText.of(" a\t\n\u00A0\u2009b\u00ADc\u200B d\uFEFF\u0007 ")).isEqualTo("a bc d");
    assertThat(HtmlText.of("नम\u200Dस्ते")).isEqualTo("नम\u200Dस्ते");
  }

  @Test
  void entitiesAreThoseOfPython() throws IOException {
    try (InputStream in = HtmlTextTest.class.getResourceAsStream("entities.json")) {
      Json.parse(Objects.requireNonNull(in)).properties().forEach(entry -> assertThat(
          HtmlEntities.decoded(entry.getKey())).as(entry.getKey()).isEqualTo(entry.getValue().stringValue()));
    }
  }

  @Test
  void textsOfTagsThatNeverEndAreRead() {
    for (String piece : new String[] {"<a ", "<a ='<a =\"", "&", "<!--", "<!a", "<script>", "</script", "&#1",
        "<![CDATA["}) {
      // Reading that takes the square of the length would not end here.
      assertThat(HtmlText.of(piece.repeat(1_000_000)).length()).isLessThanOrEqualTo(piece.length() * 1_000_000);
    }
  }

  @Property(tries = 300)
  void plainTextOnlyLosesWhiteSpace(
      @ForAll @CharRange(from = 'a', to = 'z') @CharRange(from = ' ', to = '%') @StringLength(max = 60) String text) {
    assertThat(HtmlText.of(text)).isEqualTo(text.strip().replaceAll(" +", " "));
  }

  @Property(tries = 500)
  void aTextIsNeverLonger(@ForAll @StringLength(max = 200) @CharRange(from = '!', to = '~') String text) {
    assertThat(HtmlText.of(text).length()).isLessThanOrEqualTo(text.length());
  }
}
