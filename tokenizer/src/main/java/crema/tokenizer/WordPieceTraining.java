package crema.tokenizer;

import crema.base.WorkerPool;
import crema.base.json.ObjectNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * WordPiece as Hugging Face's trainer makes it: words are spelled in characters, of which all but the first have
 * {@code ##} in front, and the most frequent pairs become tokens. Ids after the special tokens: the characters in the
 * order of their code points, those that continue a word in the same order, and the merged tokens. Characters beyond the
 * 1,000 most frequent are left out, as by {@code BertWordPieceTokenizer}.
 */
final class WordPieceTraining implements ModelTraining {
  private static final int MOST_CHARACTERS = 1000;
  private static final String PREFIX = WordPieceModel.DEFAULT_PREFIX;

  @Override
  public int leastTokens() {
    return 2;
  }

  @Override
  public String leastTokensAre() {
    return "a character in both its forms";
  }

  @Override
  public void describe(ObjectNode settings, boolean lowercase) {
    settings.putObject("normalizer").put("type", "BertNormalizer").put("clean_text", true)
        .put("handle_chinese_chars", true).putNull("strip_accents").put("lowercase", lowercase);
    settings.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    settings.putNull("post_processor");
    settings.putObject("decoder").put("type", "WordPiece").put("prefix", PREFIX).put("cleanup", true);
  }

  @Override
  public Model train(WordCounts words, TokenizerTrainer settings, WorkerPool pool) {
    var unknown = settings.unknownToken();
    var tokens = new ArrayList<>(settings.specialTokens());
    int room = (settings.vocabularySize() - tokens.size()) / 2;
    var characters = new Alphabet(words).mostFrequent(Math.min(MOST_CHARACTERS, room));
    var starts = new HashMap<Integer, Integer>();
    var continuations = new HashMap<Integer, Integer>();
    for (int character : characters) {
      starts.put(character, tokens.size());
      tokens.add(Character.toString(character));
    }
    var continuing = continuing(words);
    for (int character : characters) {
      if (continuing.get(character)) {
        continuations.put(character, tokens.size());
        tokens.add(PREFIX + Character.toString(character));
      }
    }
    var learner = new MergeLearner(words, tokens,
        (left, right) -> left + (right.startsWith(PREFIX) ? right.substring(PREFIX.length()) : right), pool,
        (word, out, at) -> spell(words, word, starts, continuations, out, at));
    learner.learn(settings.vocabularySize(), settings.minimumFrequency(), settings.progress());
    return new WordPieceModel(learner.vocabulary(), unknown, PREFIX, WordPieceModel.DEFAULT_MAX_WORD_LENGTH);
  }

  /** The characters that are not the first of a word. */
  private static BitSet continuing(WordCounts words) {
    var continuing = new BitSet();
    for (int word = 0; word < words.size(); word++) {
      for (int at = Character.charCount(words.codePoint(word, 0)); at < words.length(word);) {
        var character = words.codePoint(word, at);
        continuing.set(character);
        at += Character.charCount(character);
      }
    }
    return continuing;
  }

  /** Spells a word; characters that are left out are not in it, as in Hugging Face's trainer. */
  private static int spell(WordCounts words, int word, Map<Integer, Integer> starts,
      Map<Integer, Integer> continuations, int[] out, int at) {
    int length = 0;
    for (int i = 0; i < words.length(word);) {
      var character = words.codePoint(word, i);
      var id = (i == 0 ? starts : continuations).get(character);
      if (id != null) {
        out[at + length++] = id;
      }
      i += Character.charCount(character);
    }
    return length;
  }
}
