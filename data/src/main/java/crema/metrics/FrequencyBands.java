package crema.metrics;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Labels by how often training saw them: head, medium and tail, as in Huang, Giledereli, Köksal, Özgür and
 * Ozkirimli, "Balancing Methods for Multi-label Text Classification with Long-Tailed Class Distribution", EMNLP 2021.
 *
 * @param headFrom the least number of training documents of a head label
 * @param tailTo the greatest number of training documents of a tail label
 */
public record FrequencyBands(int headFrom, int tailTo) {

  /** The cut-offs of the paper for Reuters: head from 35, tail to 8. */
  public static final FrequencyBands DEFAULT = new FrequencyBands(35, 8);

  /** One of three. */
  public enum Band {
    /** Seen often. */
    HEAD,
    /** Between. */
    MEDIUM,
    /** Seen rarely or never. */
    TAIL
  }

  /** Checks that the bands do not overlap. */
  public FrequencyBands {
    if (tailTo >= headFrom) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT,
              "the tail ends at %d but the head starts at %d: the tail must end below", tailTo, headFrom));
    }
  }

  /** The band of a label with so many training documents. */
  public Band of(long trainingDocuments) {
    if (trainingDocuments >= headFrom) {
      return Band.HEAD;
    }
    return trainingDocuments <= tailTo ? Band.TAIL : Band.MEDIUM;
  }

  /**
   * Averages over the labels of each band that has labels.
   *
   * @param trainingDocuments how many training documents each label has, {@code [labels]}
   */
  public Map<Band, Averages> averages(Outcomes outcomes, long[] trainingDocuments) {
    if (trainingDocuments.length != outcomes.labelCount()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d frequencies for %d labels", trainingDocuments.length, outcomes.labelCount()));
    }
    var bands = new EnumMap<Band, BitSet>(Band.class);
    outcomes.averagedLabels().stream().forEach(
        label -> bands.computeIfAbsent(of(trainingDocuments[label]), _ -> new BitSet()).set(label));
    var counts = outcomes.counts();
    var averages = new EnumMap<Band, Averages>(Band.class);
    bands.forEach((band, labels) -> averages.put(band, Averages.over(counts, labels)));
    return averages;
  }
}
