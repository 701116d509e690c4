package crema.cuda.driver;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A version of NVIDIA's driver, which users know by the number of its branch and which tells of itself the newest CUDA that
 * it supports.
 *
 * @param cuda as {@code 1000 · major + 10 · minor}
 */
public record DriverVersion(int cuda) {
  /** The branches of drivers, by the CUDA that they came with (CUDA's release notes, table 3). */
  private static final TreeMap<Integer, Integer> BRANCHES = new TreeMap<>(Map.ofEntries(Map.entry(10_000, 410),
      Map.entry(10_010, 418), Map.entry(10_020, 440), Map.entry(11_000, 450), Map.entry(11_010, 455),
      Map.entry(11_020, 460), Map.entry(11_030, 465), Map.entry(11_040, 470), Map.entry(11_050, 495),
      Map.entry(11_060, 510), Map.entry(11_070, 515), Map.entry(11_080, 520), Map.entry(12_000, 525),
      Map.entry(12_010, 530), Map.entry(12_020, 535), Map.entry(12_030, 545), Map.entry(12_040, 550),
      Map.entry(12_050, 555), Map.entry(12_060, 560), Map.entry(12_070, 565), Map.entry(12_080, 570),
      Map.entry(12_090, 575), Map.entry(13_000, 580)));

  /** The least that takes the kernels of a capability: their PTX has version 6.4, 7.4 or 8.0. */
  public static DriverVersion neededFor(Capability capability) {
    if (capability.equals(new Capability(9, 0))) {
      return new DriverVersion(12_000);
    }
    return new DriverVersion(capability.isAtLeast(8, 0) ? 11_040 : 10_010);
  }

  /** Why a GPU cannot be used with this driver, if it cannot: a line for the user. */
  public Optional<String> refusal(Capability capability) {
    DriverVersion needed = neededFor(capability);
    return cuda >= needed.cuda ? Optional.empty()
        : Optional.of("driver " + this + " is too old for this GPU (needs " + needed
            + "); update it, or use --device cpu");
  }

  /** The branch, such as {@code 470}. */
  @Override
  public String toString() {
    var branch = BRANCHES.floorEntry(cuda);
    return branch == null ? "of CUDA " + cuda / 1000 + "." + cuda % 1000 / 10 : String.valueOf(branch.getValue());
  }
}
