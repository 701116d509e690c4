package crema.family.stack;

import java.util.List;

/**
 * What members say of the rows of a fold that have learned from a part of the others only.
 *
 * @param fold the fold
 * @param evidence {@code [members][rows of the fold][answers]}
 * @param taught whether what they learned from has all labels of a row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FewerRows(int fold, List<float[][]> evidence, boolean[] taught) {
  FewerRows {
    evidence = List.copyOf(evidence);
  }

  /** What all members say of a row. */
  float[][] of(int row) {
    return evidence.stream().map(rows -> rows[row]).toArray(float[][]::new);
  }
}
