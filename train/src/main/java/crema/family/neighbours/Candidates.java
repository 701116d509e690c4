package crema.family.neighbours;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The categories that come into question for a text, with what is known of each.
 *
 * @param categories which, the nearest first
 * @param features {@code [categories, CandidateFeature.COUNT]}
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers to the ranker; never compared
record Candidates(int[] categories, float[] features) {
  /** Those of several texts as bytes: for each how many, their categories and their features. */
  static byte[] toBytes(List<Candidates> texts) {
    int numbers = texts.stream().mapToInt(text -> 1 + text.categories.length + text.features.length).sum();
    ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(numbers, Integer.BYTES));
    for (Candidates text : texts) {
      out.putInt(text.categories.length);
      for (int category : text.categories) {
        out.putInt(category);
      }
      for (float feature : text.features) {
        out.putFloat(feature);
      }
    }
    return out.array();
  }

  /** What {@link #toBytes} wrote. */
  static List<Candidates> ofBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    var texts = new ArrayList<Candidates>();
    while (in.hasRemaining()) {
      var categories = new int[in.getInt()];
      for (int i = 0; i < categories.length; i++) {
        categories[i] = in.getInt();
      }
      var features = new float[categories.length * CandidateFeature.COUNT];
      for (int i = 0; i < features.length; i++) {
        features[i] = in.getFloat();
      }
      texts.add(new Candidates(categories, features));
    }
    return texts;
  }

  /** How many. */
  int count() {
    return categories.length;
  }
}
