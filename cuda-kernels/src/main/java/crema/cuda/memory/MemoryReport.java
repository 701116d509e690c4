package crema.cuda.memory;

import java.util.List;
import java.util.Locale;

/**
 * What a pool holds of a device's memory.
 *
 * @param liveBytes in blocks that are in use, as they were asked for
 * @param peakBytes the most that was in use at a time
 * @param reservedBytes taken from the device, in use or not
 * @param largest the largest blocks in use, largest first
 */
public record MemoryReport(long liveBytes, long peakBytes, long reservedBytes, List<Block> largest) {
  /**
   * A block in use.
   *
   * @param owner what it holds
   */
  public record Block(String owner, long bytes) {}

  /** With a list that nobody changes. */
  public MemoryReport {
    largest = List.copyOf(largest);
  }

  /** {@code 612 MiB}, or {@code 71.2 GiB} from one GiB on. */
  public static String size(long bytes) {
    double mebibytes = bytes / 1048576.0;
    return mebibytes >= 1024 ? String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024)
        : String.format(Locale.ROOT, mebibytes >= 10 ? "%.0f MiB" : "%.1f MiB", mebibytes);
  }
}
