package crema.tensor;

import java.util.regex.Pattern;

/**
 * Where tensors live and ops run: a kind of backend and, where there are several, which one.
 *
 * @param type the backend's name: {@code cpu}, {@code reference}, {@code cuda}
 * @param index which device of that type, from 0
 */
public record Device(String type, int index) {
  /** The SIMD backend on this machine's processors. */
  public static final Device CPU = new Device("cpu", 0);

  /** The executable specification: plain loops in double precision. */
  public static final Device REFERENCE = new Device("reference", 0);

  private static final Pattern TEXT = Pattern.compile("([a-z]+)(?::(\\d{1,4}))?");

  /** Checks that the index is not negative. */
  public Device {
    if (index < 0) {
      throw new IllegalArgumentException("negative device index " + index);
    }
  }

  /**
   * Parses {@code cpu}, {@code cuda} or {@code cuda:1}.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static Device parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      if (text.indexOf(',') >= 0) {
        throw new IllegalArgumentException("'" + text + "' is several devices, and one is used; write cuda or cuda:1");
      }
      throw new IllegalArgumentException("not a device: '" + text + "'; write cpu, cuda or cuda:1");
    }
    return new Device(matcher.group(1), matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2)));
  }

  /** {@code cpu}, {@code cuda:1}: what {@link #parse} reads. */
  @Override
  public String toString() {
    return index == 0 ? type : type + ":" + index;
  }
}
