package crema.data.image;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the pictures of many rows are.
 *
 * @param rows how many rows there are
 * @param without how many name no picture
 * @param known how many pictures were prepared before
 * @param formats how many pictures there are of each format that occurs
 * @param faults how many pictures cannot be used, by the reason
 * @param narrowest the least width of a picture, in pixels; 0 if there is none
 * @param widest the largest width
 * @param lowest the least height
 * @param highest the largest height
 */
public record PictureCounts(long rows, long without, long known, Map<PictureFormat, Long> formats,
    Map<PictureFault, Long> faults, int narrowest, int widest, int lowest, int highest) {

  /** How many rows have a picture that can be used. */
  public long usable() {
    return formats.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many rows name a picture that cannot be used. */
  public long rejected() {
    return faults.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Counts. */
  static final class Builder {
    private final Map<PictureFormat, Long> formats = new EnumMap<>(PictureFormat.class);
    private final Map<PictureFault, Long> faults = new EnumMap<>(PictureFault.class);
    private long rows;
    private long without;
    private long known;
    private int narrowest = Integer.MAX_VALUE;
    private int widest;
    private int lowest = Integer.MAX_VALUE;
    private int highest;

    void addWithout() {
      rows++;
      without++;
    }

    void addRejected(PictureFault fault) {
      rows++;
      faults.merge(fault, 1L, Long::sum);
    }

    void add(PictureFormat format, int width, int height, boolean wasKnown) {
      rows++;
      known += wasKnown ? 1 : 0;
      formats.merge(format, 1L, Long::sum);
      narrowest = Math.min(narrowest, width);
      widest = Math.max(widest, width);
      lowest = Math.min(lowest, height);
      highest = Math.max(highest, height);
    }

    long rows() {
      return rows;
    }

    PictureCounts build() {
      boolean none = widest == 0;
      return new PictureCounts(rows, without, known, Collections.unmodifiableMap(formats),
          Collections.unmodifiableMap(faults), none ? 0 : narrowest,
          widest, none ? 0 : lowest, highest);
    }
  }
}
