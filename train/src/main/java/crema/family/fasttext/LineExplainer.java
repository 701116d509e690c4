package crema.family.fasttext;

import crema.base.LowerCase;
import crema.classify.Contrast;
import crema.classify.Explanation;
import crema.classify.Explanation.LabelEvidence;
import crema.classify.WordShares;
import crema.data.TextWord;
import crema.fasttext.FastText;
import crema.fasttext.Fields;
import crema.fasttext.LineScores;
import crema.metrics.ScoreMatrix;
import crema.task.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Explains the scores of a fastText model: each is a sum over words and n-grams, and the end of the line, which is no
 * word, is what it starts from. Where labels exclude each other it is the {@link Contrast} of scores that is explained.
 *
 * @param reading how a text becomes a line
 */
record LineExplainer(FastText model, FastTextReading reading, Target target) {
  /** What the engine takes for a token of one that {@link crema.fasttext.Fields} writes. */
  private static final Pattern TOKEN = Pattern.compile("[^\\s\0]+");

  /**
   * A token of the line.
   *
   * @param start where it begins in the text
   * @param end where it ends, exclusive
   * @param marks how many characters the line has before it, so that it does not look like a label
   */
  private record Span(int start, int end, int marks) {
    /** The places in the text of the characters that a part of the token has, at least one. */
    IntStream places(int from, int to) {
      int first = Math.clamp(start + (long) from - marks, start, end - 1);
      return IntStream.range(first, Math.clamp(start + (long) to - marks, first + 1, end));
    }
  }

  /**
   * Explains a text.
   *
   * @param labels numbers of labels
   * @param outputs how the model spells labels
   * @param logits of all labels; of length 0 for a text that is empty to the model
   */
  Explanation explain(String text, int[] labels, IntFunction<String> outputs, float[] logits) {
    List<TextWord> words = TextWord.of(text);
    if (words.isEmpty() || logits.length == 0) {
      return Explanation.ofBlank(Explanation.Kind.EXACT);
    }
    String cased = reading.cased(text);
    int[] origins = reading.isLowercase() ? LowerCase.origins(text) : IntStream.range(0, text.length()).toArray();
    List<Span> spans = spans(cased);
    Contrast contrast = Contrast.of(target, logits, labels);
    int[] compared = contrast.labels();
    LineScores scores = model.scores(reading.line(text), Arrays.stream(compared).mapToObj(outputs).toList());
    var shares = new WordShares(text, words, labels.length);
    var base = new double[labels.length];
    for (LineScores.Part part : scores.parts()) {
      double[] added = contrast.of(label -> part.added()[Arrays.binarySearch(compared, label)]);
      if (part.firstToken() >= spans.size()) {
        Arrays.setAll(base, label -> base[label] + added[label]);
      } else {
        share(part, spans, origins, added, shares);
      }
    }
    double[] whole = contrast.of(label -> scores.scores()[Arrays.binarySearch(compared, label)]);
    ScoreMatrix probabilities = target.probabilities(ScoreMatrix.of(new float[][] {logits}));
    var evidence = new ArrayList<LabelEvidence>();
    for (int i = 0; i < labels.length; i++) {
      evidence.add(new LabelEvidence(target.labels().name(labels[i]), probabilities.score(0, labels[i]),
          whole[i], base[i], shares.of(i)));
    }
    return new Explanation(Explanation.Kind.EXACT, words, evidence);
  }

  private static void share(LineScores.Part part, List<Span> spans, int[] origins, double[] added,
      WordShares shares) {
    if (part.firstToken() == part.lastToken()) {
      shares.add(spans.get(part.firstToken()).places(part.from(), part.to()).map(place -> origins[place]).toArray(),
          WordShares.Rule.BY_CHARACTERS, added);
      return;
    }
    // A token is a word, but where a script has no spaces: so each token has an equal part.
    List<Span> touched = spans.subList(part.firstToken(), Math.min(spans.size(), part.lastToken() + 1));
    double[] each = Arrays.stream(added).map(value -> value / touched.size()).toArray();
    touched.forEach(span -> shares.add(
        IntStream.range(span.start, span.end).map(place -> origins[place]).toArray(), WordShares.Rule.BY_CHARACTERS,
        each));
  }

  /** The tokens of the line but for its end, in their order: the words, and then the first ones as often as they are repeated. */
  private List<Span> spans(String text) {
    Fields.Field field = reading.fields().fields().getFirst();
    var words = new ArrayList<List<Span>>();
    for (FastTextReading.Word word : reading.words(text)) {
      String written = word.prefix() + text.substring(word.start(), word.end());
      int marks = word.prefix().length() + (written.startsWith(FastTextReading.LABEL_PREFIX) ? 1 : 0);
      var tokens = new ArrayList<Span>();
      for (Matcher token = TOKEN.matcher(text).region(word.start(), word.end()); token.find();) {
        tokens.add(new Span(token.start(), token.end(), tokens.isEmpty() ? marks : 0));
      }
      words.add(tokens);
    }
    var spans = new ArrayList<Span>();
    for (int times = 0; times < field.weight(); times++) {
      words.forEach(spans::addAll);
    }
    for (int times = 0; times < field.leadingWeight(); times++) {
      words.subList(0, Math.min(words.size(), field.leadingWords())).forEach(spans::addAll);
    }
    return spans;
  }
}
