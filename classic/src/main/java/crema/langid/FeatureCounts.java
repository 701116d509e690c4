package crema.langid;

import java.util.Arrays;
import java.util.List;

/**
 * In how many sentences of each language each feature is.
 *
 * @param entries the features and languages that are together in a sentence
 * @param counts {@code [entries]}, in how many sentences they are
 */
record FeatureCounts(FeatureLanguages entries, int[] counts) {

  /**
   * Counts.
   *
   * @param features how many there are
   * @param examples in the order of their languages
   */
  static FeatureCounts of(int features, List<Example> examples) {
    var starts = new int[features + 1];
    var last = new int[features];
    Arrays.fill(last, -1);
    for (Example example : examples) {
      for (int feature : example.features()) {
        if (last[feature] != example.language()) {
          last[feature] = example.language();
          starts[feature + 1]++;
        }
      }
    }
    for (int feature = 0; feature < features; feature++) {
      starts[feature + 1] += starts[feature];
    }
    var languages = new short[starts[features]];
    var counts = new int[starts[features]];
    int[] ends = Arrays.copyOf(starts, features);
    for (Example example : examples) {
      for (int feature : example.features()) {
        if (ends[feature] == starts[feature] || languages[ends[feature] - 1] != example.language()) {
          languages[ends[feature]++] = (short) example.language();
        }
        counts[ends[feature] - 1]++;
      }
    }
    return new FeatureCounts(new FeatureLanguages(starts, languages), counts);
  }
}
