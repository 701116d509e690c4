package crema.pretrain;

import crema.data.TokenEncoder;
import crema.tokenizer.Encoding;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.Truncation;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts as token ids that also say where words begin, so that a token cache holds both: twice the id, plus 1 for a token
 * that begins a word. A text that is longer than an example is cut into several; one in which there is nothing to guess
 * is left out.
 *
 * <p>A word is what the tokenizer's pre-tokenizer cuts off. Within one that spans several words, as where nothing cuts
 * texts, a token that is spelled with {@code ▁} in front begins another.
 */
final class MarkedTokens implements TokenEncoder {
  private static final char WORD_START = '\u2581';

  private final Tokenizer tokenizer;
  private final MaskedVocabulary vocabulary;

  /**
   * The examples of texts.
   *
   * @param maxTokens the most tokens of an example, special tokens included; more than those
   */
  MarkedTokens(MaskedVocabulary vocabulary, int maxTokens) {
    this.vocabulary = vocabulary;
    tokenizer = vocabulary.tokenizer().withTruncation(Truncation.to(maxTokens));
  }

  /** The id of a token. */
  static int id(int marked) {
    return marked >>> 1;
  }

  /** Whether a token begins a word. */
  static boolean beginsWord(int marked) {
    return (marked & 1) != 0;
  }

  private static int mark(int id, boolean beginsWord) {
    return id << 1 | (beginsWord ? 1 : 0);
  }

  @Override
  public int[] encode(String text) {
    return marked(tokenizer.encodeWithOffsets(text));
  }

  @Override
  public List<int[]> examples(String text) {
    var examples = new ArrayList<int[]>();
    for (Encoding window : tokenizer.windows(text)) {
      int[] marked = marked(window);
      for (int token : marked) {
        if (vocabulary.isOrdinary(id(token))) {
          examples.add(marked);
          break;
        }
      }
    }
    return examples;
  }

  private int[] marked(Encoding encoding) {
    int[] ids = encoding.ids();
    var marked = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      boolean begins = i == 0 || encoding.isSpecial(i) || encoding.word(i) != encoding.word(i - 1)
          || tokenizer.token(ids[i]).charAt(0) == WORD_START;
      marked[i] = mark(ids[i], begins);
    }
    return marked;
  }
}
