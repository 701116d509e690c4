package crema.ptx.device;

import crema.ptx.PtxSyntaxException;
import crema.ptx.machine.Allocation;
import crema.ptx.op.KernelDecoder;
import crema.ptx.syntax.ParsedKernel;
import crema.ptx.syntax.ParsedModule;
import crema.ptx.syntax.Parser;
import crema.ptx.syntax.StateSpace;
import crema.ptx.syntax.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A module that was loaded into a device: its kernels, and its variables in device memory. */
public final class PtxModule {
  private final PtxDevice device;
  private final ParsedModule parsed;
  private final Map<String, PtxKernel> kernels = new LinkedHashMap<>();
  private final Map<String, Long> variables = new LinkedHashMap<>();

  PtxModule(PtxDevice device, String file, String text) {
    this.device = device;
    parsed = Parser.parse(file, text);
    if (!device.capability().runs(parsed.target())) {
      throw new PtxSyntaxException(
          file, 1, "PTX for " + parsed.target() + " does not run on compute capability " + device.capability());
    }
    List<Variable> inMemory = parsed.variables().stream().filter(v -> !v.dynamic()).toList();
    if (!inMemory.isEmpty()) {
      // Decoded without addresses first, so that nothing is allocated for a module that cannot run.
      inMemory.forEach(v -> variables.put(v.name(), 0L));
      parsed.kernels().forEach(kernel -> KernelDecoder.decode(file, kernel, variables));
    }
    inMemory.forEach(v -> variables.put(v.name(), allocate(v)));
    for (ParsedKernel kernel : parsed.kernels()) {
      kernels.put(kernel.name(), new PtxKernel(this, kernel, KernelDecoder.decode(file, kernel, variables)));
    }
  }

  /** A variable without an initial value holds zeros. */
  private long allocate(Variable variable) {
    Allocation allocation = device.allocate(variable.bytes(), variable.name(), variable.space() == StateSpace.CONST);
    byte[] initial = variable.initial() == null ? new byte[variable.bytes()] : variable.initial();
    device.write(allocation.address(), initial);
    return allocation.address();
  }

  PtxDevice device() {
    return device;
  }

  /** What its text is called. */
  public String file() {
    return parsed.file();
  }

  /** Its architecture, such as {@code sm_80}. */
  public String target() {
    return parsed.target();
  }

  /** Names of its kernels, in order. */
  public List<String> kernels() {
    return List.copyOf(kernels.keySet());
  }

  /**
   * A kernel.
   *
   * @throws IllegalArgumentException if it has none of that name
   */
  public PtxKernel kernel(String name) {
    PtxKernel kernel = kernels.get(name);
    if (kernel == null) {
      throw new IllegalArgumentException(parsed.file() + " has no kernel " + name + ", but "
          + String.join(", ", kernels.keySet()));
    }
    return kernel;
  }

  /**
   * The address of a variable in global or constant memory.
   *
   * @throws IllegalArgumentException if it has none of that name
   */
  public long variable(String name) {
    Long address = variables.get(name);
    if (address == null) {
      throw new IllegalArgumentException(parsed.file() + " has no variable " + name);
    }
    return address;
  }
}
