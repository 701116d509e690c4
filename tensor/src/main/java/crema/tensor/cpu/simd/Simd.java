package crema.tensor.cpu.simd;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * How wide the vectors of the CPU kernels are.
 *
 * <p>The system property {@value #PROPERTY} forces a width: {@code 512}, {@code 256}, {@code 128} or {@code scalar}.
 * Without it the machine's preferred width is used, at most 512 bits. Where the module {@code jdk.incubator.vector} is
 * not there, kernels run as scalar code and {@link #advice} says which flag would change that. Every width computes
 * the same bits.
 *
 * <p>This class itself needs no Vector API, so that it can be asked whether there is one. {@link SimdSpecies} holds the
 * species; code that uses it must run only when {@link #isVector} is true.
 */
public final class Simd {
  /** The system property that forces a width. */
  public static final String PROPERTY = "crema.simd";

  /** A width of vectors. */
  public enum Width {
    SCALAR("scalar", 1),
    W128("128", 4),
    W256("256", 8),
    W512("512", 16);

    private final String key;
    private final int lanes;

    Width(String key, int lanes) {
      this.key = key;
      this.lanes = lanes;
    }

    /** How many floats a vector holds. */
    public int lanes() {
      return lanes;
    }

    /** The value of {@value Simd#PROPERTY} that forces this width. */
    public String key() {
      return key;
    }
  }

  private static final String MODULE = "jdk.incubator.vector";
  private static final boolean AVAILABLE = ModuleLayer.boot().findModule(MODULE).isPresent();
  private static final Width WIDTH = choose(System.getProperty(PROPERTY), AVAILABLE);

  private Simd() {}

  /** The width that kernels use in this process. */
  public static Width width() {
    return WIDTH;
  }

  /** Whether kernels use the Vector API. */
  public static boolean isVector() {
    return WIDTH != Width.SCALAR;
  }

  /**
   * The line to show to the user when the Vector API is missing and nobody asked for scalar code: what is slow and
   * which flag to add.
   */
  public static Optional<String> advice() {
    return AVAILABLE || Width.SCALAR.key.equals(System.getProperty(PROPERTY))
        ? Optional.empty()
        : Optional.of("The Vector API is not loaded, so computing is many times slower; start java with --add-modules "
            + MODULE);
  }

  static Width choose(@Nullable String forced, boolean available) {
    if (forced == null) {
      return available ? Preferred.width() : Width.SCALAR;
    }
    var width = Arrays.stream(Width.values()).filter(w -> w.key.equals(forced)).findFirst().orElseThrow(
        () -> new IllegalArgumentException("system property " + PROPERTY + " is \"" + forced + "\"; it must be one of "
            + Arrays.stream(Width.values()).map(Width::key).collect(Collectors.joining(", "))));
    if (width != Width.SCALAR && !available) {
      throw new IllegalArgumentException("system property " + PROPERTY + " asks for " + forced
          + "-bit vectors, which need the flag --add-modules " + MODULE);
    }
    return width;
  }

  /** Apart from {@link Simd}, so that {@code FloatVector} is asked for only where it is. */
  private static final class Preferred {
    static Width width() {
      int lanes = FloatVector.SPECIES_PREFERRED.length();
      return lanes >= 16 ? Width.W512 : lanes >= 8 ? Width.W256 : lanes >= 4 ? Width.W128 : Width.SCALAR;
    }
  }
}
