package crema.cuda.driver;

/**
 * A compute capability: which instructions a GPU has.
 *
 * @param major the architecture, such as 9 for Hopper
 * @param minor the variant
 */
public record Capability(int major, int minor) implements Comparable<Capability> {
  @Override
  public int compareTo(Capability other) {
    return Integer.compare(number(), other.number());
  }

  /** Whether this is {@code major.minor} or newer. */
  public boolean isAtLeast(int otherMajor, int otherMinor) {
    return compareTo(new Capability(otherMajor, otherMinor)) >= 0;
  }

  /** {@code 90} for 9.0: the number in {@code sm_90}. */
  public int number() {
    return major * 10 + minor;
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
