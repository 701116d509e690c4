package crema.tokenizer;

import crema.base.WorkerPool;
import crema.base.json.ObjectNode;
import java.util.ArrayList;
import java.util.stream.IntStream;

/** Byte-level BPE: words are spelled in bytes, and the most frequent pairs become tokens. */
final class ByteLevelBpeTraining implements ModelTraining {
  private static final int BYTES = 256;

  @Override
  public int leastTokens() {
    return BYTES;
  }

  @Override
  public String leastTokensAre() {
    return "the bytes";
  }

  @Override
  public boolean takesBytes() {
    return true;
  }

  @Override
  public void checkSpecialToken(String token) {
    if (token.length() == 1 && ByteAlphabet.byteOf(token.charAt(0)) >= 0) {
      throw new IllegalArgumentException("the special token '" + token + "' is the token of a byte already");
    }
  }

  @Override
  public void describe(ObjectNode settings, boolean lowercase) {
    if (lowercase) {
      settings.putObject("normalizer").put("type", "Lowercase");
    } else {
      settings.putNull("normalizer");
    }
    var preTokenizer = settings.putObject("pre_tokenizer").put("type", "Sequence");
    var steps = preTokenizer.putArray("pretokenizers");
    var split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", Gpt4Scanner.PATTERN_OF_THREE_DIGITS);
    split.put("behavior", SplitBehavior.ISOLATED.jsonName).put("invert", false);
    byteLevel(steps.addObject());
    byteLevel(settings.putObject("post_processor"));
    byteLevel(settings.putObject("decoder"));
  }

  private static void byteLevel(ObjectNode part) {
    part.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", false).put("use_regex", false);
  }

  @Override
  public Model train(WordCounts words, TokenizerTrainer settings, WorkerPool pool) {
    // The special tokens and then the letters of the bytes in the order of their code points, as Hugging Face has it.
    var tokens = new ArrayList<>(settings.specialTokens());
    IntStream.range(0, BYTES).map(ByteAlphabet::letter).sorted().forEach(c -> tokens.add(Character.toString(c)));
    var byteIds = new int[BYTES];
    for (int value = 0; value < BYTES; value++) {
      byteIds[value] = tokens.indexOf(String.valueOf(ByteAlphabet.letter(value)));
    }
    var learner = new MergeLearner(words, tokens, String::concat, pool, (word, out, at) -> {
      var bytes = new byte[words.length(word) * Utf8.MAX_BYTES_PER_CHAR];
      var length = words.utf8(word, bytes);
      for (int i = 0; i < length; i++) {
        out[at + i] = byteIds[bytes[i] & 0xFF];
      }
      return length;
    });
    learner.learn(settings.vocabularySize(), settings.minimumFrequency(), settings.progress());
    return new BpeModel(learner.vocabulary(), learner.merges(), BpeModel.Options.NONE, BpeModel.Symbols.BYTES);
  }
}
