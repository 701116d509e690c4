package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import crema.family.encoder.TextLimit.Kept;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a long text, the part that is asked for is read, between its special tokens. */
class TextLimitTest {
  /** [CLS] is 1, [SEP] is 2, and the word w7 is 10. */
  private static final String TOKENIZER = """
      {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"},
       "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, %s}}}
      """.formatted(IntStream.range(0, 50).mapToObj(i -> "\"w" + i + "\": " + (i + 3))
      .collect(Collectors.joining(", ")));

  @TempDir
  Path folder;
  private Tokenizer tokenizer;

  @BeforeEach
  void load() throws IOException {
    tokenizer = Tokenizer.load(Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER));
  }

  private int[] encode(int maxTokens, Kept kept, int words) {
    String text = IntStream.range(0, words).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    return new TextLimit(maxTokens, kept).encoder(tokenizer).encode(text);
  }

  @Test
  void shortTextsAreWholeWhateverIsKept() {
    for (Kept kept : Kept.values()) {
      assertThat(encode(8, kept, 4)).containsExactly(1, 3, 4, 5, 6, 2);
      assertThat(encode(8, kept, 6)).containsExactly(1, 3, 4, 5, 6, 7, 8, 2);
      assertThat(encode(8, kept, 0)).containsExactly(1, 2);
    }
  }

  @Test
  void ofLongTextsThePartIsReadBetweenItsSpecialTokens() {
    assertThat(encode(8, Kept.HEAD, 50)).containsExactly(1, 3, 4, 5, 6, 7, 8, 2);
    assertThat(encode(8, Kept.TAIL, 50)).containsExactly(1, 47, 48, 49, 50, 51, 52, 2);
    assertThat(encode(8, Kept.HEAD_TAIL, 50)).containsExactly(1, 3, 48, 49, 50, 51, 52, 2);
    int[] longer = encode(40, Kept.HEAD_TAIL, 50);
    assertThat(longer).hasSize(40).startsWith(1, 3).endsWith(52, 2);
    assertThat(Arrays.copyOfRange(longer, 1, 10)).containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(longer[10]).isEqualTo(longer[39 - 1] - 28);
  }
}
