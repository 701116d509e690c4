package crema.family.neighbours;

/**
 * The categories that come into question for a text, with what is known of each.
 *
 * @param categories which, the nearest first
 * @param features {@code [categories, CandidateFeature.COUNT]}
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers to the ranker; never compared
record Candidates(int[] categories, float[] features) {
  /** How many. */
  int count() {
    return categories.length;
  }
}
