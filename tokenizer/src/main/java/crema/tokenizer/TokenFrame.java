package crema.tokenizer;

import java.util.List;
import java.util.stream.Stream;

/**
 * The special tokens that a tokenizer puts around texts.
 *
 * @param before what a text starts with
 * @param between what is between the two texts of a pair
 * @param after what ends a text or a pair
 */
public record TokenFrame(List<String> before, List<String> between, List<String> after) {
  /** Nothing. */
  public static final TokenFrame NONE = new TokenFrame(List.of(), List.of(), List.of());

  /** {@code [CLS] a [SEP] b [SEP]}, as BERT has it. */
  public static final TokenFrame BERT = new TokenFrame(List.of("[CLS]"), List.of("[SEP]"), List.of("[SEP]"));

  /** Copies the lists. */
  public TokenFrame {
    before = List.copyOf(before);
    between = List.copyOf(between);
    after = List.copyOf(after);
  }

  /** All tokens, each once. */
  List<String> tokens() {
    return Stream.of(before, between, after).flatMap(List::stream).distinct().toList();
  }
}
