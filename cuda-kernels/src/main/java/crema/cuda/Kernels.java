package crema.cuda;

import crema.cuda.driver.Capability;
import crema.cuda.driver.CudaException;
import crema.cuda.driver.DeviceFacts;
import crema.cuda.driver.Driver;
import crema.cuda.driver.LoadedModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kernels that ship, loaded a file at a time when the first of its kernels is asked for. */
final class Kernels {
  /** A code path: what PTX is compiled for, newest first. */
  enum Target {
    /** Hopper, and nothing else: wgmma and bulk copies. */
    SM_90A,
    /** Ampere and newer: asynchronous copies and bf16 matrix instructions. */
    SM_80,
    /** Turing and newer. */
    SM_75;

    /** Whether a device runs it. */
    boolean runsOn(Capability capability) {
      return switch (this) {
        case SM_90A -> capability.equals(new Capability(9, 0));
        case SM_80 -> capability.isAtLeast(8, 0);
        case SM_75 -> capability.isAtLeast(7, 5);
      };
    }

    /** {@code sm_90a}: as in the names of files. */
    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Driver driver;
  private final List<Target> targets;
  private final Map<String, Module> modules = new HashMap<>();
  private final Map<String, Ready> kernels = new HashMap<>();
  private final KernelTable table = KernelTable.load();

  Kernels(Driver driver) {
    this.driver = driver;
    targets = targets(driver.facts().capability());
    if (targets.isEmpty()) {
      throw new CudaException(tooOld(driver.facts()));
    }
  }

  /** The code paths that run on a device, newest first. */
  static List<Target> targets(Capability capability) {
    return List.of(Target.values()).stream().filter(target -> target.runsOn(capability)).toList();
  }

  /** Why a device for which there are no {@link #targets} cannot be used. */
  static String tooOld(DeviceFacts facts) {
    return "GPU " + facts.name() + " has compute capability " + facts.capability()
        + ", and the oldest that kernels are made for is 7.5; use --device cpu";
  }

  /** The code path of this device. */
  Target target() {
    return targets.getFirst();
  }

  /** A kernel that needs no more than 48 KiB of shared memory. */
  LoadedKernel get(String file, String entry) {
    return get(file, entry, 0);
  }

  /**
   * A kernel.
   *
   * @param file the name of its file, without what it is compiled for
   * @param entry its name
   * @param sharedBytes the most dynamic shared memory that it is launched with
   */
  LoadedKernel get(String file, String entry, int sharedBytes) {
    Ready ready = kernels.get(entry);
    if (ready == null || ready.sharedBytes() < sharedBytes) {
      ready = new Ready(modules.computeIfAbsent(file, this::load).kernel(entry, sharedBytes), sharedBytes);
      kernels.put(entry, ready);
    }
    return ready.kernel();
  }

  /**
   * A kernel that was asked for.
   *
   * @param sharedBytes the most dynamic shared memory that it may be launched with
   */
  private record Ready(LoadedKernel kernel, int sharedBytes) {}

  private Module load(String file) {
    for (Target target : targets) {
      String name = file + "." + target.key() + ".ptx";
      try (InputStream resource = Kernels.class.getResourceAsStream(name)) {
        if (resource != null) {
          byte[] image = resource.readAllBytes();
          return new Module(driver.load(name, image), table.rowsOf(file, target.key(), image));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new CudaException("no kernels " + file + " for " + target().key());
  }

  /**
   * A file that was loaded.
   *
   * @param rows what the table says of its kernels
   */
  private record Module(LoadedModule loaded, Map<String, KernelTable.Row> rows) {
    LoadedKernel kernel(String entry, int sharedBytes) {
      return new LoadedKernel(loaded.kernel(entry, sharedBytes), rows.get(entry));
    }
  }
}
