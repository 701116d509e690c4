package crema.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crema.base.UserError;
import crema.classify.Explanation.LabelEvidence;
import crema.classify.Explanation.WordEvidence;
import crema.data.FieldText;
import crema.data.LabelSet;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.TextWord;
import crema.family.fasttext.FastTextFamily;
import crema.family.fasttext.FastTextSettings;
import crema.family.linear.LinearFamily;
import crema.family.linear.LinearSettings;
import crema.fasttext.LossKind;
import crema.run.DataSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What explanations promise: that they add up, and that the words which they name matter. */
class ExplanationTest {
  private static final int DELETED = 3;

  @TempDir
  static Path folder;
  static Path rows;
  static final List<String> OTHERS = new ArrayList<>();

  /** Titles of products: of many some to train with, and some others. */
  @BeforeAll
  static void writeRows() throws IOException {
    var lines = new ArrayList<>(List.of("title\tshop\tkind"));
    var count = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, row -> {
      int number = count[0]++;
      if (number % 24 == 0) {
        lines.add(row.text() + "\tshop" + number % 7 + "\t" + row.labels().getFirst());
      } else if (number % 47 == 0) {
        OTHERS.add(row.text());
      }
    });
    rows = Files.write(folder.resolve("rows.tsv"), lines);
  }

  private static Classifier train(ModelFamily family, String name, UnaryOperator<Settings> choices) throws IOException {
    var directory = new ModelDirectory(folder.resolve(name));
    directory.prepareForRun(true);
    Settings settings = choices.apply(family.settings().with(DataSettings.TRAIN, rows.toString())
        .with(DataSettings.TEXT, "title").with(LabelSettings.LABEL, "kind")
        .with(LabelSettings.TARGET, TargetKind.SINGLE));
    family.newRun(settings, RunContext.in(directory).withCompute(ComputeOptions.threads(2))).run();
    return Classifier.load(directory.path(), ComputeOptions.threads(2));
  }

  private static void assertAddsUp(Classifier classifier, List<String> texts, double tolerance) {
    for (String text : texts) {
      Explanation explanation = classifier.explain(List.of(text), 3).getFirst();
      assertThat(explanation.kind()).isEqualTo(Explanation.Kind.EXACT);
      assertThat(explanation.words()).isEqualTo(TextWord.of(text));
      assertThat(explanation.labels()).hasSize(3);
      for (LabelEvidence label : explanation.labels()) {
        double sum = label.words().stream().mapToDouble(Double::doubleValue).sum();
        assertThat(sum).as(text).isCloseTo(label.logit() - label.base(), within(tolerance));
        assertThat(explanation.ranked(label).stream().mapToDouble(WordEvidence::evidence).sum())
            .isCloseTo(sum, within(1e-9));
      }
    }
  }

  private static List<String> odd() {
    return List.of("İNDESİT  WASHER\u00A08kg", "  washer\t\tdryer ", "x", "洗濯機 washer テレビ",
        "washer washer dryer washer",
        "__label__washer washer", "ΣΊΣΥΦΟΣ washer", "👩‍👩‍👧 washer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"word", "char", "char_wb,word"})
  void whatWordsAddToALinearModelIsItsDecisionWithoutTheIntercept(String analyzers) throws IOException {
    try (Classifier classifier = train(new LinearFamily(), "linear", settings -> settings
        .with(LinearSettings.ANALYZERS, List.of(analyzers.split(","))).with(LinearSettings.NGRAMS, 2)
        .with(LinearSettings.CHARACTERS_FROM, 1).with(LinearSettings.CHARACTERS_TO, 3)
        .with(LinearSettings.C, List.of(1.0)))) {
      assertAddsUp(classifier, OTHERS.subList(0, 40), 1e-4);
      assertAddsUp(classifier, odd(), 1e-4);
      float[] logits = classifier.logits(OTHERS.subList(0, 1))[0];
      LabelEvidence best = classifier.explain(OTHERS.subList(0, 1), 1).getFirst().labels().getFirst();
      float[] probabilities = classifier.probabilities(OTHERS.subList(0, 1))[0];
      int label = classifier.labels().indexOf(best.label());
      double rivals = 0;
      for (int rival = 0; rival < logits.length; rival++) {
        rivals += rival == label ? 0 : logits[rival] * probabilities[rival] / (1 - probabilities[label]);
      }
      assertThat(best.logit()).isCloseTo(logits[label] - rivals, within(0.02));
    }
  }

  @Test
  void columnsApartHaveWordsOfTheirOwn() throws IOException {
    try (Classifier classifier = train(new LinearFamily(), "columns", settings -> settings
        .with(DataSettings.TEXT, "title:2:t_", "shop").with(LinearSettings.COLUMNS, LinearSettings.TextColumns.BOTH)
        .with(LinearSettings.ANALYZERS, List.of("word", "char_wb:shop+title", "char"))
        .with(LinearSettings.C, List.of(1.0)))) {
      List<String> texts = IntStream.range(0, 30)
          .mapToObj(i -> FieldText.of(List.of(" " + OTHERS.get(i), OTHERS.get(i + 1) + "  shop3"))).toList();
      assertAddsUp(classifier, texts, 1e-4);
      assertAddsUp(classifier, List.of("washer dryer", FieldText.of(List.of("", "shop1 washer"))), 1e-4);
      Explanation explanation = classifier.explain(texts, 1).getFirst();
      assertThat(explanation.words()).extracting(TextWord::column).contains(0, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWordsAddToFastTextIsItsScore(boolean quantized) throws IOException {
    try (Classifier classifier = train(new FastTextFamily(), "fasttext", settings -> settings
        .with(FastTextSettings.MINN, 2).with(FastTextSettings.MAXN, 4).with(FastTextSettings.WORD_NGRAMS, 3)
        .with(FastTextSettings.BUCKETS, 5000).with(FastTextSettings.DIM, 16)
        .with(FastTextSettings.QUANTIZE, quantized).with(FastTextSettings.PUNCTUATION_APART, quantized)
        .with(FastTextSettings.LEADING_WORDS, 2))) {
      assertAddsUp(classifier, OTHERS.subList(0, 40), 1e-3);
      assertAddsUp(classifier, odd(), 1e-3);
      // What is more probable has the higher score.
      List<LabelEvidence> labels = classifier.explain(OTHERS.subList(0, 1), 3).getFirst().labels();
      assertThat(labels).isSortedAccordingTo(Comparator.comparingDouble(label -> -label.logit()));
    }
  }

  @Test
  void wordsThatFastTextReadsOfEachColumnAddUpAndTheRestSaysNothing() throws IOException {
    try (Classifier classifier = train(new FastTextFamily(), "fasttext-columns", settings -> settings
        .with(DataSettings.TEXT, "title:2:t_", "shop").with(FastTextSettings.COLUMN_WORDS, 3)
        .with(FastTextSettings.PUNCTUATION_APART, true).with(FastTextSettings.DIM, 16)
        .with(FastTextSettings.MINN, 2).with(FastTextSettings.MAXN, 4).with(FastTextSettings.BUCKETS, 5000))) {
      assertThat(classifier.columns()).containsExactly("title", "shop");
      List<String> texts = IntStream.range(0, 30)
          .mapToObj(i -> FieldText.of(List.of(" " + OTHERS.get(i), "(shop3), " + OTHERS.get(i + 1)))).toList();
      assertAddsUp(classifier, texts, 1e-3);
      assertAddsUp(classifier, List.of("washer dryer", FieldText.of(List.of("", "shop1 washer"))), 1e-3);
      Explanation explanation = classifier.explain(List.of(FieldText.of(List.of("a b c washer", "shop1"))), 1)
          .getFirst();
      assertThat(explanation.labels().getFirst().words().get(3)).isZero();
      assertThat(classifier.logits(List.of(FieldText.of(List.of("a b c washer", "shop1")))))
          .isDeepEqualTo(classifier.logits(List.of(FieldText.of(List.of("a b c oven", "shop1")))));
    }
  }

  @Test
  void aTreeOfLabelsIsExplainedByLeavingOut() throws IOException {
    try (Classifier classifier = train(new FastTextFamily(), "tree", settings -> settings
        .with(FastTextSettings.LOSS, LossKind.HIERARCHICAL_SOFTMAX).with(FastTextSettings.DIM, 16))) {
      assertThat(classifier.explain(OTHERS.subList(0, 1), 1).getFirst().kind())
          .isEqualTo(Explanation.Kind.LEAVE_OUT);
    }
  }

  @Test
  void wordsThatSpeakForAnAnswerFlipItThreeTimesAsOftenAsOthers() throws IOException {
    try (Classifier linear = train(new LinearFamily(), "flips", settings -> settings);
        Classifier fastText = train(new FastTextFamily(), "flips-fasttext", settings -> settings)) {
      assertFlips(linear);
      assertFlips(fastText);
      // The same model, explained as one of which nothing is known.
      assertFlips(new Asked(linear.target(), texts -> linear.logits(texts)));
    }
  }

  private static void assertFlips(Classifier classifier) {
    var random = new Random(5);
    var chosen = new ArrayList<String>();
    var others = new ArrayList<String>();
    List<String> texts = OTHERS.stream().filter(text -> Explanation.places(TextWord.of(text)).size() > 6).toList();
    List<Explanation> explanations = classifier.explain(texts, 1);
    for (int i = 0; i < texts.size(); i++) {
      Explanation explanation = explanations.get(i);
      List<WordEvidence> ranked = explanation.ranked(explanation.labels().getFirst());
      chosen.add(without(texts.get(i), ranked.subList(0, DELETED)));
      var shuffled = new ArrayList<>(ranked);
      Collections.shuffle(shuffled, random);
      others.add(without(texts.get(i), shuffled.subList(0, DELETED)));
    }
    long flippedByChosen = flips(classifier, texts, chosen);
    long flippedByOthers = flips(classifier, texts, others);
    assertThat(flippedByOthers).isPositive();
    assertThat((double) flippedByChosen / flippedByOthers).as("%d and %d of %d", flippedByChosen, flippedByOthers,
        texts.size()).isGreaterThanOrEqualTo(3);
  }

  private static String without(String text, List<WordEvidence> words) {
    List<TextWord> all = TextWord.of(text);
    return TextWord.without(text, words.stream().flatMap(word -> word.places().stream()).sorted().map(all::get)
        .toList());
  }

  private static long flips(Classifier classifier, List<String> texts, List<String> changed) {
    List<List<Prediction>> before = classifier.predict(texts, 1);
    List<List<Prediction>> after = classifier.predict(changed, 1);
    return IntStream.range(0, texts.size())
        .filter(
            i -> after.get(i).isEmpty() || !after.get(i).getFirst().label().equals(before.get(i).getFirst().label()))
        .count();
  }

  /** A model that is a function. */
  private record Asked(Target target, Function<List<String>, float[][]> function) implements Classifier {
    @Override
    public float[][] logits(List<String> texts) {
      return function.apply(texts);
    }

    @Override
    public float[][] embed(List<String> texts) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static float[][] counted(List<String> texts) {
    return texts.stream().map(text -> text.isBlank() ? new float[0] : new float[] {
        2 * TextWord.of(text).stream().filter(word -> word.text().equals("up")).count(),
        TextWord.of(text).stream().filter(word -> word.text().equals("down")).count()}).toArray(float[][]::new);
  }

  @Test
  void leavingOutFindsWhatEachWordAddsToAnIndependentLabel() {
    LabelSet labels = LabelSet.of(List.of("rise", "fall"), new long[] {1, 1});
    var calls = new ArrayList<Integer>();
    Classifier classifier = new Asked(MultiLabelTarget.of(labels), texts -> {
      calls.add(texts.size());
      return counted(texts);
    });
    Explanation explanation =
        classifier.explain(List.of("up and down up"), List.of(List.of("rise", "fall"))).getFirst();
    assertThat(explanation.kind()).isEqualTo(Explanation.Kind.LEAVE_OUT);
    assertThat(explanation.labels().get(0).words()).containsExactly(2.0, 0.0, 0.0, 2.0);
    assertThat(explanation.labels().get(1).words()).containsExactly(0.0, 0.0, 1.0, 0.0);
    assertThat(explanation.ranked(explanation.labels().get(0)).getFirst())
        .isEqualTo(new WordEvidence("up", 0, 4, List.of(0, 3)));
    assertThat(calls).as("one batch: the text, and without each of its three words").containsExactly(4);
  }

  @Test
  void ofLabelsThatExcludeEachOtherTheOddsAreExplained() {
    LabelSet labels = LabelSet.of(List.of("rise", "fall"), new long[] {1, 1});
    Classifier classifier = new Asked(new SingleLabelTarget(labels), ExplanationTest::counted);
    Explanation explanation = classifier.explain(List.of("up down"), List.of(List.of("rise"))).getFirst();
    assertThat(explanation.labels().getFirst().logit()).isCloseTo(1, within(1e-9));
    assertThat(explanation.labels().getFirst().words()).containsExactly(2.0, -1.0);
    assertThat(explanation.labels().getFirst().probability()).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-6));
    assertThat(classifier.explain(List.of("up"), List.of(List.of("rise"))).getFirst().labels().getFirst().words())
        .as("nothing is left, which speaks for no label").containsExactly(2.0);
  }

  @Test
  void aBlankTextHasNoExplanationAndAnUnknownLabelIsNamed() throws IOException {
    try (Classifier classifier = train(new LinearFamily(), "blank", settings -> settings)) {
      assertThat(classifier.explain(List.of(" "), 2).getFirst().labels()).isEmpty();
      assertThatThrownBy(() -> classifier.explain(List.of("washer"), List.of(List.of("Washing Machine"))))
          .isInstanceOf(UserError.class).hasMessageContaining("no label 'Washing Machine'")
          .hasMessageContaining("did you mean 'Washing Machines'");
    }
  }
}
