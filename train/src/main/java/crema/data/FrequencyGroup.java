package crema.data;

/** Where a label stands in the long tail, by the number of training rows that have it. */
public enum FrequencyGroup {
  /** Frequent labels. */
  HEAD,
  /** Labels between the cut-offs. */
  MEDIUM,
  /** Rare labels. */
  TAIL;

  /**
   * The cut-offs between the groups.
   *
   * @param head the fewest rows of a label in the head
   * @param tail the most rows of a label in the tail; less than {@code head}
   */
  public record CutOffs(long head, long tail) {
    /** Head from 35 rows, tail up to 8: the groups of Huang et al., EMNLP 2021, section 4.1. */
    public static final CutOffs DEFAULT = new CutOffs(35, 8);

    /** Checks the order. */
    public CutOffs {
      if (tail < 0 || head <= tail) {
        throw new DataException("the head must begin above the tail, but the cut-offs are head " + head + " and tail "
            + tail);
      }
    }

    /** The group of a label with the given number of training rows. */
    public FrequencyGroup group(long count) {
      if (count >= head) {
        return HEAD;
      }
      return count <= tail ? TAIL : MEDIUM;
    }

    /** The group of each label. */
    public FrequencyGroup[] groups(LabelSet labels) {
      var groups = new FrequencyGroup[labels.size()];
      for (int i = 0; i < groups.length; i++) {
        groups[i] = group(labels.count(i));
      }
      return groups;
    }
  }
}
