package crema.base;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: {@code 500MB}, {@code 4 GiB} or {@code 20g}, in letters of either case. KiB to TiB are
 * powers of 1,024, and KB to TB powers of 1,000; what a letter alone means is for whoever asks to say, as memory is counted by
 * 1,024 and disks by 1,000.
 */
public final class ByteSize {
  private static final Pattern SIZE =
      Pattern.compile("(?<number>[0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*(?<unit>[KMGT]?)(?<kind>I?B)?");
  private static final String UNITS = "KMGT";

  private ByteSize() {}

  /**
   * How many bytes a text means; empty if it is no size.
   *
   * @param step what one letter alone is to the one before, such as 1,024
   */
  public static Optional<Long> parse(String text, int step) {
    Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!size.matches()) {
      return Optional.empty();
    }
    String kind = size.group("kind");
    boolean isPlain = size.group("unit").isEmpty();
    if (isPlain && "IB".equals(kind)) {
      return Optional.empty();
    }
    int factor = kind == null ? step : kind.equals("IB") ? 1_024 : 1_000;
    double bytes = Double.parseDouble(size.group("number"))
        * Math.pow(factor, isPlain ? 0 : UNITS.indexOf(size.group("unit")) + 1);
    return bytes < Long.MAX_VALUE ? Optional.of(Math.round(bytes)) : Optional.empty();
  }
}
