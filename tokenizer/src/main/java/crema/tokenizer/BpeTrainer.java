package crema.tokenizer;

import crema.base.WorkerPool;
import crema.base.json.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains a byte-level BPE tokenizer on texts. The texts are cut into words as GPT-4's tokenizer cuts them (numbers into
 * at most three digits), and the most frequent pairs of tokens within words become tokens.
 *
 * <p>The result depends on the settings and the texts alone: not on the number of threads, nor on the order of the
 * texts. Of pairs that are equally frequent the one with the lower left id comes first, then the one with the lower
 * right id, as in Hugging Face's trainer. Ids are: the special tokens from 0, then the 256 bytes in the order of their
 * letters, then the merged tokens in the order in which they were learned.
 *
 * @param vocabularySize how many tokens there are in all, at most; at least 256 and the special tokens
 * @param minimumFrequency how often a pair must occur to become a token, at least 1
 * @param threads how many threads work
 * @param specialTokens control tokens such as {@code <pad>}, found verbatim in texts
 * @param lowercase whether the tokenizer turns texts to lower case
 * @param progress receives how far the training is
 */
public record BpeTrainer(
    int vocabularySize,
    int minimumFrequency,
    int threads,
    List<String> specialTokens,
    boolean lowercase,
    TrainingProgress progress) {

  private static final int BYTES = 256;

  /** Checks the settings. */
  public BpeTrainer {
    specialTokens = List.copyOf(specialTokens);
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
    }
    if (minimumFrequency < 1) {
      throw new IllegalArgumentException("minimumFrequency is " + minimumFrequency + "; it must be at least 1");
    }
    if (vocabularySize < BYTES + specialTokens.size()) {
      throw new IllegalArgumentException("vocabularySize is " + vocabularySize + "; it must be at least "
          + (BYTES + specialTokens.size()) + ", for the bytes and the special tokens");
    }
    var seen = new HashSet<String>();
    for (var token : specialTokens) {
      if (token.isEmpty() || !Utf8.isWellFormed(token)) {
        throw new IllegalArgumentException("a special token must be a non-empty text without unpaired surrogates");
      }
      if (token.length() == 1 && ByteAlphabet.byteOf(token.charAt(0)) >= 0) {
        throw new IllegalArgumentException("the special token '" + token + "' is the token of a byte already");
      }
      if (!seen.add(token)) {
        throw new IllegalArgumentException("the special token '" + token + "' is given twice");
      }
    }
  }

  /** Returns the defaults: 32,000 tokens, pairs from 2 occurrences, all processors, no special tokens, case kept. */
  public static BpeTrainer defaults() {
    return new BpeTrainer(32_000, 2, Runtime.getRuntime().availableProcessors(), List.of(), false, (_, _, _) -> {});
  }

  /** Returns these settings with another {@link #vocabularySize}. */
  public BpeTrainer withVocabularySize(int vocabularySize) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Returns these settings with another {@link #minimumFrequency}. */
  public BpeTrainer withMinimumFrequency(int minimumFrequency) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Returns these settings with another number of {@link #threads}. */
  public BpeTrainer withThreads(int threads) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Returns these settings with other {@link #specialTokens}. */
  public BpeTrainer withSpecialTokens(List<String> specialTokens) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Returns these settings with or without {@link #lowercase}. */
  public BpeTrainer withLowercase(boolean lowercase) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Returns these settings with another listener to {@link #progress}. */
  public BpeTrainer withProgress(TrainingProgress progress) {
    return new BpeTrainer(vocabularySize, minimumFrequency, threads, specialTokens, lowercase, progress);
  }

  /** Trains on a stream of texts, which is read once. */
  public Tokenizer train(Stream<String> texts) {
    return train(texts::iterator);
  }

  /**
   * Trains on texts, which are read once, by one thread at a time. Memory grows with the number of distinct words, not
   * with the corpus.
   */
  public Tokenizer train(Iterable<String> texts) {
    var added = IntStream.range(0, specialTokens.size())
        .mapToObj(id -> AddedToken.special(id, specialTokens.get(id)))
        .toList();
    var settings = settings();
    try (var pool = new WorkerPool(threads)) {
      var pipeline = TokenizerReader.pipeline("trainer", settings, added, true, _ -> {});
      var words = new WordCounter(texts.iterator(), pipeline, progress).count(pool);
      var learner = new MergeLearner(words, firstTokens(), new HashSet<>(specialTokens), pool);
      learner.learn(vocabularySize, minimumFrequency, progress);
      return TokenizerReader.assemble("trainer", settings, learner.model(), added, List.of());
    }
  }

  /** The special tokens and then the letters of the bytes in the order of their code points, as Hugging Face has it. */
  private List<String> firstTokens() {
    var tokens = new ArrayList<>(specialTokens);
    IntStream.range(0, BYTES).map(ByteAlphabet::letter).sorted().forEach(c -> tokens.add(Character.toString(c)));
    return tokens;
  }

  /** The parts of a {@code tokenizer.json} around the model. */
  private ObjectNode settings() {
    var settings = new ObjectNode();
    settings.putNull("truncation").putNull("padding");
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
    return settings;
  }

  private static void byteLevel(ObjectNode part) {
    part.put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", false).put("use_regex", false);
  }
}
