package crema.nn.model;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tokens that an architecture was trained with around texts, for a tokenizer whose file does not say: a
 * {@code vocab.txt} or a SentencePiece model.
 *
 * @param before what a text starts with
 * @param between what is between the two texts of a pair
 * @param after what ends a text or a pair
 * @param padding the token of padding, which a packed batch has none of
 * @param unknown what stands for what has no token; empty where everything has
 * @param mask what masked-language modelling puts in place of a token
 */
public record SpecialTokens(List<String> before, List<String> between, List<String> after, String padding,
    Optional<String> unknown, Optional<String> mask) {
  /** {@code [CLS] a [SEP] b [SEP]}, as BERT has it. */
  public static final SpecialTokens BERT =
      new SpecialTokens(List.of("[CLS]"), List.of("[SEP]"), List.of("[SEP]"), "[PAD]",
          Optional.of("[UNK]"), Optional.of("[MASK]"));

  /** {@code <s> a </s></s> b </s>}, as RoBERTa has it. */
  public static final SpecialTokens ROBERTA =
      new SpecialTokens(List.of("<s>"), List.of("</s>", "</s>"), List.of("</s>"), "<pad>",
          Optional.of("<unk>"), Optional.of("<mask>"));

  /** Copies the lists. */
  public SpecialTokens {
    before = List.copyOf(before);
    between = List.copyOf(between);
    after = List.copyOf(after);
  }

  /** All of them, each once. */
  public List<String> all() {
    return Stream.of(Stream.of(padding), unknown.stream(), before.stream(), between.stream(), after.stream(),
        mask.stream()).flatMap(tokens -> tokens).distinct().toList();
  }
}
