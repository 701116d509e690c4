package crema.langid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Trains a {@link LanguageModel}, such as the one that {@link LanguageDetector#shipped} loads, on sentences: a
 * {@linkplain CorrectedNaiveBayes corrected naive Bayes} over the {@linkplain LanguageFeatures features} that are in
 * {@linkplain FeatureKind#leastSentences enough} of them. (Most are in one only, and say next to nothing.)
 *
 * <p>The same sentences give the same model, bit for bit.
 */
public final class LanguageTrainer {
  static final int MOST_LANGUAGES = Short.MAX_VALUE;

  private LanguageTrainer() {}

  /**
   * A sentence whose language is known.
   *
   * @param language its code
   */
  public record Sentence(String language, String text) {}

  /**
   * Trains a model on one thread; 70,000 sentences take a quarter of a minute.
   *
   * @param common the languages that are more frequent in texts than others, whatever share of the sentences they have
   * @throws IllegalArgumentException if the sentences are of less than two languages, or have nothing in common
   */
  public static LanguageModel train(List<Sentence> sentences, CommonLanguages common) {
    var textsByCode = new TreeMap<String, List<int[]>>();
    for (Sentence sentence : sentences) {
      textsByCode.computeIfAbsent(sentence.language(), code -> new ArrayList<>())
          .add(LanguageFeatures.of(sentence.text()));
    }
    if (textsByCode.size() < 2 || textsByCode.size() > MOST_LANGUAGES) {
      throw new IllegalArgumentException("the sentences are of " + textsByCode.size()
          + " languages; there must be 2 to " + MOST_LANGUAGES);
    }
    List<Map.Entry<String, List<int[]>>> byFrequency = textsByCode.entrySet().stream()
        .sorted(Comparator.comparingInt(language -> -language.getValue().size()))
        .toList();
    List<String> codes = byFrequency.stream().map(Map.Entry::getKey).toList();
    List<List<int[]>> texts = byFrequency.stream().map(Map.Entry::getValue).toList();
    var index = new FeatureIndex(recurring(texts));
    if (index.size() == 0) {
      throw new IllegalArgumentException("no two sentences have a letter in common; there is nothing to learn");
    }
    var examples = new ArrayList<Example>();
    for (int l = 0; l < codes.size(); l++) {
      for (int[] text : texts.get(l)) {
        examples.add(new Example(l, index.known(text)));
      }
    }
    FeatureCounts counts = FeatureCounts.of(index.size(), examples);
    var model = new CorrectedNaiveBayes(counts, index.size(), texts.stream().mapToInt(List::size).toArray());
    model.correct(examples);
    return model.rounded(codes, common, index);
  }

  /** The hashes, ascending, that are in enough of the texts. */
  private static int[] recurring(List<List<int[]>> texts) {
    int[] all = texts.stream().flatMap(List::stream).flatMapToInt(Arrays::stream).sorted().toArray();
    var recurring = new int[all.length];
    int count = 0;
    for (int from = 0; from < all.length;) {
      int to = from + 1;
      while (to < all.length && all[to] == all[from]) {
        to++;
      }
      if (to - from >= FeatureKind.of(all[from]).leastSentences) {
        recurring[count++] = all[from];
      }
      from = to;
    }
    return Arrays.copyOf(recurring, count);
  }
}
