package crema.tokenizer;

import crema.base.WorkerPool;
import crema.base.json.ObjectNode;
import java.lang.Character.UnicodeScript;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Unigram as SentencePiece trains it. The most frequent parts of words are the pieces to start from; then, in turns, the
 * probabilities of pieces are fitted to the words by expectation and maximization, and those pieces are left out whose
 * loss makes the words the least less likely, until the vocabulary is as small as wanted.
 *
 * <p>Source: Kudo, "Subword Regularization", ACL 2018, section 3.2; constants and the Bayesian maximization are those of
 * {@code unigram_model_trainer.cc}. In contrast to it, parts of words count as often as their words occur.
 */
final class UnigramTraining implements ModelTraining {
  /** Pieces to start from: {@code seed_sentencepiece_size}. */
  private static final int MOST_SEEDS = 1_000_000;
  /** {@code max_sentencepiece_length}, in code points. */
  private static final int LONGEST_PIECE = 16;
  /** {@code character_coverage}: rarer characters have no piece. */
  private static final double CHARACTER_COVERAGE = 0.9995;
  /** {@code num_sub_iterations}: fits between two prunings. */
  private static final int FITS = 2;
  /** {@code shrinking_factor}: what a pruning leaves. */
  private static final double SHRINKING = 0.75;
  /** How much larger than wanted the vocabulary is when pruning ends. */
  private static final double SPARE = 1.1;
  /** How much the scores of required characters that have lost theirs differ. */
  private static final double SCORE_STEP = 1e-4;
  private static final char WORD_START = '\u2581';

  @Override
  public int leastTokens() {
    return 1;
  }

  @Override
  public String leastTokensAre() {
    return "a character";
  }

  @Override
  public void describe(ObjectNode settings, boolean lowercase) {
    var steps = settings.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    steps.addObject().put("type", "Nmt");
    steps.addObject().put("type", "NFKC");
    if (lowercase) {
      steps.addObject().put("type", "Lowercase");
    }
    steps.addObject().put("type", "Strip").put("strip_left", true).put("strip_right", true);
    steps.addObject().put("type", "Replace").put("content", " ").putObject("pattern").put("Regex", " {2,}");
    metaspace(settings.putObject("pre_tokenizer"));
    settings.putNull("post_processor");
    metaspace(settings.putObject("decoder"));
  }

  private static void metaspace(ObjectNode part) {
    part.put("type", "Metaspace").put("replacement", String.valueOf(WORD_START)).put("prepend_scheme", "always")
        .put("split", true);
  }

  @Override
  public Model train(WordCounts words, TokenizerTrainer settings, WorkerPool pool) {
    var special = settings.specialTokens();
    int unknown = special.indexOf(settings.unknownToken());
    int wanted = settings.vocabularySize() - special.size();
    var required = new Alphabet(words).covering(CHARACTER_COVERAGE, wanted);
    var learner = new UnigramLearner(words, seeds(words, required, settings), pool);
    int desired = Math.max(wanted, (int) (wanted * SPARE));
    int first = learner.size();
    while (true) {
      for (int fit = 0; fit < FITS; fit++) {
        learner.fit();
      }
      settings.progress().update(TrainingProgress.Phase.PRUNING, first - learner.size(), Math.max(first - desired, 0));
      if (learner.size() <= desired) {
        break;
      }
      learner.prune(Math.max(desired, (int) (SHRINKING * learner.size())));
    }
    return model(special, unknown, chosen(learner, required, wanted));
  }

  /** The pieces to start from with their scores: all required characters, and the parts of words that cover most. */
  private static LinkedHashMap<String, Double> seeds(WordCounts words, List<Integer> required,
      TokenizerTrainer settings) {
    record Seed(String piece, long weight) {}
    var parts = new ArrayList<Seed>();
    var known = new BitSet();
    required.forEach(known::set);
    new SubstringCounter(words, LONGEST_PIECE).forEach(settings.minimumFrequency(), (part, count) -> {
      if (isPiece(part) && part.codePoints().allMatch(known::get)) {
        parts.add(new Seed(part, count * part.codePointCount(0, part.length())));
      }
    });
    parts.sort(Comparator.comparingLong(Seed::weight).reversed().thenComparing(Seed::piece));
    var weights = new LinkedHashMap<String, Long>();
    var counts = new Alphabet(words);
    for (int character : required) {
      weights.put(Character.toString(character), counts.count(character));
    }
    parts.stream().limit(MOST_SEEDS).forEach(seed -> weights.putIfAbsent(seed.piece, seed.weight));
    var logSum = StrictMath.log(weights.values().stream().mapToDouble(Long::doubleValue).sum());
    var seeds = new LinkedHashMap<String, Double>();
    weights.forEach((piece, weight) -> seeds.put(piece, StrictMath.log(weight) - logSum));
    return seeds;
  }

  /** Whether a part of a word may be a piece: its characters are of one script, Japanese and Han being one. */
  private static boolean isPiece(String part) {
    @Nullable UnicodeScript before = null;
    for (int i = 0; i < part.length();) {
      int c = part.codePointAt(i);
      i += Character.charCount(c);
      if (c == WORD_START) {
        continue;
      }
      var script = script(c);
      if (before != null && script != before && script != UnicodeScript.INHERITED) {
        return false;
      }
      before = script == UnicodeScript.INHERITED ? before : script;
    }
    return true;
  }

  private static UnicodeScript script(int c) {
    var script = UnicodeScript.of(c);
    // U+30FC prolongs vowels in both.
    return script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || c == 0x30FC ? UnicodeScript.HAN
        : script;
  }

  /** The pieces of the model by falling score: the required characters, and the best of the others. */
  private static List<UnigramLearner.Piece> chosen(UnigramLearner learner, List<Integer> required, int wanted) {
    var pieces = learner.pieces();
    var scores = new HashMap<String, Double>();
    pieces.forEach(piece -> scores.put(piece.text(), piece.score()));
    double lowest = pieces.stream().mapToDouble(UnigramLearner.Piece::score).min().orElse(0);
    var chosen = new LinkedHashMap<String, UnigramLearner.Piece>();
    double penalty = 0;
    for (int character : required) {
      var text = Character.toString(character);
      var score = scores.get(text);
      chosen.put(text, new UnigramLearner.Piece(text, score == null ? lowest + penalty : score));
      penalty += score == null ? SCORE_STEP : 0;
    }
    pieces.stream().sorted(UnigramLearner.Piece.BEST_FIRST).filter(piece -> !chosen.containsKey(piece.text()))
        .limit(Math.max(0, wanted - chosen.size())).toList().forEach(piece -> chosen.put(piece.text(), piece));
    return chosen.values().stream().sorted(UnigramLearner.Piece.BEST_FIRST).toList();
  }

  private static UnigramModel model(List<String> special, int unknown, List<UnigramLearner.Piece> pieces) {
    var tokens = new ArrayList<>(special);
    pieces.stream().map(UnigramLearner.Piece::text).filter(text -> !special.contains(text)).forEach(tokens::add);
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    var scores = new double[tokens.size()];
    pieces.forEach(piece -> scores[Objects.requireNonNull(ids.get(piece.text()))] = piece.score());
    return new UnigramModel(new Vocabulary(tokens.toArray(String[]::new), ids), scores, unknown, false);
  }
}
