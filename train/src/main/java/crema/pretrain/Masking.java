package crema.pretrain;

import crema.base.Keyed;
import crema.base.Rng;
import crema.data.PackedBatch;
import java.util.Arrays;

/**
 * Which tokens of a text are to be guessed, and what stands in their places (Devlin et al., arXiv 1810.04805, section
 * 3.1): each word is chosen with the same probability, and of a text in which none was, one at random. A chosen token
 * becomes the mask, another token, or stays, each with its own probability. Special tokens are never chosen.
 *
 * @param share the probability of a word to be chosen
 * @param masked the probability of a chosen token to become the mask
 * @param replaced the probability of a chosen token to become one that is drawn from all ordinary ones
 * @param unit what is chosen as a whole
 */
public record Masking(double share, double masked, double replaced, Unit unit) {
  /** As BERT was trained, by whole words. */
  public static final Masking DEFAULT = new Masking(0.15, 0.8, 0.1, Unit.WORDS);

  /** Three numbers decide on a token: whether its word is chosen, what becomes of it, and which token that is. */
  private static final int NUMBERS = 3;

  /** What is chosen as a whole. */
  public enum Unit implements Keyed {
    /** All tokens of a word. */
    WORDS,
    /** Each token by itself. */
    TOKENS
  }

  /** Checks the probabilities. */
  public Masking {
    if (!(share > 0 && share <= 1 && masked >= 0 && replaced >= 0 && masked + replaced <= 1)) {
      throw new IllegalArgumentException("masking of " + share + ", " + masked + ", " + replaced);
    }
  }

  /**
   * A batch of {@linkplain MarkedTokens marked} tokens with some of them hidden: at least one of each text.
   *
   * @param random what becomes of token {@code i} depends on its numbers {@code 3i} to {@code 3i + 2}, and on those of
   *     the token that begins its word
   */
  MaskedBatch apply(PackedBatch batch, MaskedVocabulary vocabulary, Rng.Stream random) {
    var ids = new int[batch.tokens()];
    Arrays.setAll(ids, i -> MarkedTokens.id(batch.ids()[i]));
    var positions = new int[ids.length];
    var targets = new int[ids.length];
    int count = 0;
    for (int sequence = 0; sequence < batch.sequences(); sequence++) {
      int from = batch.cuSeqlens()[sequence];
      int to = batch.cuSeqlens()[sequence + 1];
      float threshold = threshold(batch, vocabulary, random, from, to);
      float drawn = 1;
      for (int i = from; i < to; i++) {
        if (begins(batch, i)) {
          drawn = random.uniform((long) NUMBERS * i);
        }
        if (drawn <= threshold && vocabulary.isOrdinary(ids[i])) {
          positions[count] = i;
          targets[count++] = ids[i];
        }
      }
    }
    for (int n = 0; n < count; n++) {
      int i = positions[n];
      ids[i] = shown(ids[i], vocabulary, random, (long) NUMBERS * i + 1);
    }
    return new MaskedBatch(ids, batch.cuSeqlens(), Arrays.copyOf(positions, count), Arrays.copyOf(targets, count));
  }

  private boolean begins(PackedBatch batch, int token) {
    return unit == Unit.TOKENS || MarkedTokens.beginsWord(batch.ids()[token]);
  }

  /** The largest number of a word that is chosen: just below the share, or the least one there is. */
  private float threshold(PackedBatch batch, MaskedVocabulary vocabulary, Rng.Stream random, int from, int to) {
    float least = 1;
    float drawn = 1;
    for (int i = from; i < to; i++) {
      if (begins(batch, i)) {
        drawn = random.uniform((long) NUMBERS * i);
      }
      if (vocabulary.isOrdinary(MarkedTokens.id(batch.ids()[i]))) {
        least = Math.min(least, drawn);
      }
    }
    return Math.max(least, Math.nextDown((float) share));
  }

  private int shown(int id, MaskedVocabulary vocabulary, Rng.Stream random, long number) {
    float action = random.uniform(number);
    if (action < masked) {
      return vocabulary.mask();
    }
    int[] ordinary = vocabulary.ordinaryIds();
    return action < masked + replaced
        ? ordinary[(int) (((random.bits(number + 1) & 0xFFFF_FFFFL) * ordinary.length) >>> 32)]
        : id;
  }
}
