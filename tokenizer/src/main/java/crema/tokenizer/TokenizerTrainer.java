package crema.tokenizer;

import crema.base.Keyed;
import crema.base.WorkerPool;
import crema.base.json.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains a tokenizer on texts.
 *
 * <p>The result depends on the settings and the texts alone: not on the number of threads, nor on the order of the
 * texts. Ids are: the special tokens from 0, then what the kind of tokenizer learns.
 *
 * @param kind what is trained
 * @param vocabularySize how many tokens there are in all, at most
 * @param minimumFrequency how often something must occur to become a token, at least 1
 * @param threads how many threads work
 * @param specialTokens control tokens such as {@code <pad>}, found verbatim in texts
 * @param frame those of them that the tokenizer puts around texts
 * @param lowercase whether the tokenizer turns texts to lower case
 * @param progress receives how far the training is
 */
public record TokenizerTrainer(
    Kind kind,
    int vocabularySize,
    int minimumFrequency,
    int threads,
    List<String> specialTokens,
    TokenFrame frame,
    boolean lowercase,
    TrainingProgress progress) {

  private static final int DEFAULT_VOCABULARY_SIZE = 32_000;
  private static final int DEFAULT_FREQUENCY = 2;
  private static final List<String> UNKNOWN = List.of("[UNK]", "<unk>");

  /** What can be trained. */
  public enum Kind implements Keyed {
    /**
     * Byte-level BPE. Texts are cut into words as GPT-4's tokenizer cuts them (numbers into at most three digits), and
     * the most frequent pairs of tokens within words become tokens. Of pairs that are equally frequent the one with the
     * lower left id comes first, then the one with the lower right id, as in Hugging Face's trainer. After the special
     * tokens come the 256 bytes in the order of their letters, then the merged tokens in the order in which they were
     * learned. No special tokens unless some are given.
     */
    BPE(new ByteLevelBpeTraining(), List.of(), TokenFrame.NONE),

    /**
     * WordPiece as BERT has it: texts are normalized and cut as BERT's are, and frequent pairs are merged as by Hugging
     * Face's trainer. By default with BERT's special tokens.
     */
    WORDPIECE(new WordPieceTraining(), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), TokenFrame.BERT),

    /**
     * Unigram as SentencePiece trains it: of all frequent parts of words, those stay without which the texts would be
     * least likely. By default with {@code <unk>} alone.
     */
    UNIGRAM(new UnigramTraining(), List.of("<unk>"), TokenFrame.NONE);

    private final ModelTraining training;
    private final List<String> specialTokens;
    private final TokenFrame frame;

    Kind(ModelTraining training, List<String> specialTokens, TokenFrame frame) {
      this.training = training;
      this.specialTokens = specialTokens;
      this.frame = frame;
    }
  }

  /** Checks the settings. */
  public TokenizerTrainer {
    specialTokens = List.copyOf(specialTokens);
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + "; it must be at least 1");
    }
    if (minimumFrequency < 1) {
      throw new IllegalArgumentException("minimumFrequency is " + minimumFrequency + "; it must be at least 1");
    }
    int least = kind.training.leastTokens() + specialTokens.size();
    if (vocabularySize < least) {
      throw new IllegalArgumentException("vocabularySize is " + vocabularySize + "; it must be at least " + least
          + ", for " + kind.training.leastTokensAre() + " and the special tokens");
    }
    var seen = new HashSet<String>();
    for (var token : specialTokens) {
      if (token.isEmpty() || !Utf8.isWellFormed(token)) {
        throw new IllegalArgumentException("a special token must be a non-empty text without unpaired surrogates");
      }
      kind.training.checkSpecialToken(token);
      if (!seen.add(token)) {
        throw new IllegalArgumentException("the special token '" + token + "' is given twice");
      }
    }
    if (kind != Kind.BPE) {
      requireUnknownToken(kind, specialTokens);
    }
    for (var token : frame.tokens()) {
      if (!seen.contains(token)) {
        throw new IllegalArgumentException("the token '" + token + "' of the frame is no special token");
      }
    }
  }

  /** Returns the defaults of a kind: 32,000 tokens, from 2 occurrences, all processors, case kept. */
  public static TokenizerTrainer of(Kind kind) {
    return new TokenizerTrainer(kind, DEFAULT_VOCABULARY_SIZE, DEFAULT_FREQUENCY,
        Runtime.getRuntime().availableProcessors(), kind.specialTokens, kind.frame, false, (_, _, _) -> {});
  }

  /** Returns these settings with another {@link #vocabularySize}. */
  public TokenizerTrainer withVocabularySize(int newSize) {
    return new TokenizerTrainer(kind, newSize, minimumFrequency, threads, specialTokens, frame, lowercase, progress);
  }

  /** Returns these settings with another {@link #minimumFrequency}. */
  public TokenizerTrainer withMinimumFrequency(int newFrequency) {
    return new TokenizerTrainer(kind, vocabularySize, newFrequency, threads, specialTokens, frame, lowercase, progress);
  }

  /** Returns these settings with another number of {@link #threads}. */
  public TokenizerTrainer withThreads(int newThreads) {
    return new TokenizerTrainer(kind, vocabularySize, minimumFrequency, newThreads, specialTokens, frame, lowercase,
        progress);
  }

  /** Returns these settings with other {@link #specialTokens}, none of which are put around texts. */
  public TokenizerTrainer withSpecialTokens(List<String> newTokens) {
    return withSpecialTokens(newTokens, TokenFrame.NONE);
  }

  /** Returns these settings with other {@link #specialTokens}, some of which are put around texts. */
  public TokenizerTrainer withSpecialTokens(List<String> newTokens, TokenFrame newFrame) {
    return new TokenizerTrainer(kind, vocabularySize, minimumFrequency, threads, newTokens, newFrame, lowercase,
        progress);
  }

  /** Returns these settings with or without {@link #lowercase}. */
  public TokenizerTrainer withLowercase(boolean newLowercase) {
    return new TokenizerTrainer(kind, vocabularySize, minimumFrequency, threads, specialTokens, frame, newLowercase,
        progress);
  }

  /** Returns these settings with another listener to {@link #progress}. */
  public TokenizerTrainer withProgress(TrainingProgress newProgress) {
    return new TokenizerTrainer(kind, vocabularySize, minimumFrequency, threads, specialTokens, frame, lowercase,
        newProgress);
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
      var pipeline = TokenizerReader.pipeline("trainer", settings, added, kind.training.takesBytes(), _ -> {});
      var words = new WordCounter(texts.iterator(), pipeline, progress).count(pool);
      return TokenizerReader.assemble("trainer", settings, kind.training.train(words, this, pool), added, List.of());
    }
  }

  /** The parts of a {@code tokenizer.json} around the model. */
  private ObjectNode settings() {
    var settings = new ObjectNode();
    settings.putNull("truncation").putNull("padding");
    kind.training.describe(settings, lowercase);
    if (!frame.equals(TokenFrame.NONE)) {
      settings.set("post_processor", frame.describe(specialTokens::indexOf));
    }
    return settings;
  }

  /** The special token that stands for what is unknown: one of those that are called so by custom. */
  String unknownToken() {
    return requireUnknownToken(kind, specialTokens);
  }

  private static String requireUnknownToken(Kind kind, List<String> specialTokens) {
    return specialTokens.stream().filter(UNKNOWN::contains).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("a tokenizer of the kind " + kind.key()
            + " needs a special token for what is unknown, " + String.join(" or ", UNKNOWN)));
  }
}
