package crema.langid;

/**
 * Which languages each feature was seen with: an entry for each of these pairs, those of a feature next to each other
 * in the order of the languages.
 *
 * @param starts {@code [features + 1]}, the first entry of each feature, and one past the last of all
 * @param languages {@code [entries]}
 */
record FeatureLanguages(int[] starts, short[] languages) {

  int start(int feature) {
    return starts[feature];
  }

  int end(int feature) {
    return starts[feature + 1];
  }

  int language(int entry) {
    return languages[entry];
  }

  int size() {
    return languages.length;
  }
}
