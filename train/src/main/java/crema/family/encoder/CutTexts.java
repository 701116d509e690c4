package crema.family.encoder;

import crema.data.TokenEncoder;
import crema.tokenizer.Tokenizer;
import java.util.concurrent.atomic.LongAdder;

/** Texts to tokens, within a limit, and how many texts are longer than that, by how much. Safe for use by many threads. */
final class CutTexts implements TokenEncoder {
  private final TextLimit limit;
  private final Tokenizer whole;
  private final TokenEncoder encoder;
  private final LongAdder texts = new LongAdder();
  private final LongAdder cut = new LongAdder();
  private final LongAdder tokens = new LongAdder();

  CutTexts(TextLimit limit, Tokenizer tokenizer) {
    this.limit = limit;
    whole = tokenizer.withTruncation(null);
    encoder = limit.encoder(tokenizer);
  }

  @Override
  public int[] encode(String text) {
    int[] ids = encoder.encode(text);
    texts.increment();
    // Only a text that fills the limit may be longer.
    int more = ids.length < limit.maxTokens() ? 0 : whole.encode(text).length - ids.length;
    if (more > 0) {
      cut.increment();
      tokens.add(more);
    }
    return ids;
  }

  /** How many texts were encoded. */
  long texts() {
    return texts.sum();
  }

  /** How many of them are longer than the limit. */
  long cut() {
    return cut.sum();
  }

  /** How many tokens were cut off in all. */
  long tokens() {
    return tokens.sum();
  }
}
