package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** CLIP's merge rules: with the published ones, if they are there, against plain Python ({@code golden/clip.py}). */
class ClipTokenizerTest {
  private static final Path MERGES =
      Path.of(System.getProperty("crema.data", "../../shared/data"), "tokenizers", "clip-bpe.txt.gz");

  @TempDir
  Path folder;

  @Test
  void thePublishedRulesGiveTheOriginalsTokensAlsoOnceSaved() throws IOException {
    assumeTrue(Files.exists(MERGES), () -> MERGES + " is not there: CLIP's own merge rules are not tested");
    var tokenizer = Tokenizer.loadClip(MERGES);
    assertThat(tokenizer.vocabularySize()).isEqualTo(49_408);
    var saved = folder.resolve("tokenizer.json");
    tokenizer.save(saved);
    var again = Tokenizer.load(saved);
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("clip.json"))) {
      for (JsonNode golden : JsonMapper.shared().readTree(in)) {
        int[] ids =
            IntStream.range(0, golden.get("ids").size()).map(i -> golden.get("ids").get(i).intValue()).toArray();
        String text = golden.get("text").stringValue();
        assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
        assertThat(again.encode(text)).as(text).isEqualTo(ids);
      }
    }
  }

  private Tokenizer load(String rules) throws IOException {
    return Tokenizer.loadClip(Files.writeString(folder.resolve("merges.txt"), rules));
  }

  @Test
  void rulesJoinLettersAndTheVocabularyFollowsFromThem() throws IOException {
    var tokenizer = load("#version: 0.2\nc a\nca t</w>\n");
    assertThat(tokenizer.vocabularySize()).isEqualTo(516);
    int start = 514;
    int end = 515;
    int t = 't' - '!';
    int sAtTheEnd = 256 + 's' - '!';
    assertThat(tokenizer.encode("Cat  CATS")).containsExactly(start, 513, 512, t, sAtTheEnd, end);
  }

  @Test
  void damagedRulesAreRefusedWithTheirLine() {
    assertThatThrownBy(() -> load("#version: 0.2\nc a\nca\n")).isInstanceOf(TokenizerFormatException.class)
        .hasMessageContaining("line 3").hasMessageContaining("no pair of tokens");
    assertThatThrownBy(() -> load("#version: 0.2\nxyz a\n")).hasMessageContaining("line 2");
    assertThatThrownBy(() -> load("")).isInstanceOf(TokenizerFormatException.class)
        .hasMessageContaining("has no merge rules");
    assertThatThrownBy(() -> load("#version: 0.2\n" + "a".repeat(2000)))
        .hasMessageContaining("longer than a merge rule");
    assertThatThrownBy(() -> Tokenizer.loadClip(
        Files.write(folder.resolve("cut.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2})))
        .isInstanceOf(IOException.class);
  }
}
