package crema.ptx;

/**
 * A compute capability, with the limits that depend on it (CUDA C++ Programming Guide, "Compute Capabilities").
 *
 * @param major the architecture, such as 9 for Hopper
 * @param minor the variant
 */
public record Capability(int major, int minor) implements Comparable<Capability> {
  /** Turing. */
  public static final Capability SM_75 = new Capability(7, 5);

  /** Ampere: cp.async, mma.sync in bf16. */
  public static final Capability SM_80 = new Capability(8, 0);

  /** Hopper: TMA, mbarrier, wgmma. */
  public static final Capability SM_90 = new Capability(9, 0);

  /** The most threads a block may have. */
  public static final int MAX_THREADS = 1024;

  /** The most blocks of a cluster that any device of capability 9.0 takes. */
  public static final int MAX_CLUSTER = 8;

  /** Shared memory, in bytes, that a block may use without asking for more. */
  public static final int DEFAULT_SHARED_BYTES = 48 * 1024;

  /** The most shared memory, in bytes, that a block may ask for. */
  public int maxSharedBytes() {
    return switch (major * 10 + minor) {
      case 75 -> 64 * 1024;
      case 80, 87 -> 163 * 1024;
      case 86, 89 -> 99 * 1024;
      default -> major >= 9 ? 227 * 1024 : 48 * 1024;
    };
  }

  /**
   * Whether a module for {@code target} can be loaded: any earlier target, but one that ends in {@code a} (such as
   * {@code sm_90a}) only by exactly that capability.
   *
   * @param target the operand of {@code .target}, such as {@code sm_80}
   */
  public boolean runs(String target) {
    if (!target.matches("sm_[0-9]{2,3}[af]?")) {
      return false;
    }
    boolean exact = !Character.isDigit(target.charAt(target.length() - 1));
    int number = Integer.parseInt(target.substring(3, target.length() - (exact ? 1 : 0)));
    return exact ? number == number() : number <= number();
  }

  private int number() {
    return major * 10 + minor;
  }

  @Override
  public int compareTo(Capability other) {
    return Integer.compare(number(), other.number());
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
