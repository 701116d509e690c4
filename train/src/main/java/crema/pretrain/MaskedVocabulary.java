package crema.pretrain;

import crema.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The tokens that can be masked, and what they are masked with.
 *
 * @param tokenizer whose tokens these are
 * @param mask the id of the token that stands in a masked place
 * @param ordinary the tokens that are not special: those that are guessed, and drawn at random
 * @param ordinaryIds the same as a list
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record MaskedVocabulary(Tokenizer tokenizer, int mask, BitSet ordinary, int[] ordinaryIds) {
  static MaskedVocabulary of(Tokenizer tokenizer, int mask) {
    var ordinary = new BitSet();
    IntStream.range(0, tokenizer.vocabularySize()).filter(id -> isOfTexts(tokenizer, id))
        .forEach(ordinary::set);
    ordinary.clear(mask);
    return new MaskedVocabulary(tokenizer, mask, ordinary, ordinary.stream().toArray());
  }

  /** Whether an id has a token, as ids may have gaps, that is neither special nor empty, which no text has. */
  private static boolean isOfTexts(Tokenizer tokenizer, int id) {
    return tokenizer.hasToken(id) && !tokenizer.isSpecial(id) && !tokenizer.token(id).isEmpty();
  }

  /** Whether a token is one that texts are made of. */
  boolean isOrdinary(int id) {
    return ordinary.get(id);
  }
}
