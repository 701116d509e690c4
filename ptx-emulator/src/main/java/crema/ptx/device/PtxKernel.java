package crema.ptx.device;

import crema.ptx.Capability;
import crema.ptx.machine.Program;
import crema.ptx.syntax.ParsedKernel;
import java.util.List;

/** A kernel of a loaded module. */
public final class PtxKernel {
  private final PtxModule module;
  private final Program program;
  private final List<Parameter> parameters;
  private int maxDynamicSharedBytes = Capability.DEFAULT_SHARED_BYTES;

  /**
   * A parameter.
   *
   * @param name its name
   * @param offset where it lies in the packed parameters
   * @param bytes its size
   */
  public record Parameter(String name, int offset, int bytes) {}

  PtxKernel(PtxModule module, ParsedKernel kernel, Program program) {
    this.module = module;
    this.program = program;
    parameters = kernel.parameters().stream().map(v -> new Parameter(v.name(), v.offset(), v.bytes())).toList();
  }

  /** Its name. */
  public String name() {
    return program.name();
  }

  /** Its parameters, in order. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** Bytes of its packed parameters. */
  public int parameterBytes() {
    return program.parameterBytes();
  }

  /** Shared memory that it declares, in bytes; the dynamic part comes on top. */
  public int staticSharedBytes() {
    return program.sharedBytes();
  }

  /** How many instructions it has. */
  public int instructions() {
    return program.lines().size();
  }

  /**
   * Allows launches with more dynamic shared memory than 48 KiB, as {@code cuFuncSetAttribute} does.
   *
   * @throws IllegalArgumentException if the device has less
   */
  public PtxKernel allowDynamicShared(int bytes) {
    int most = module.device().capability().maxSharedBytes() - staticSharedBytes();
    if (bytes < 0 || bytes > most) {
      throw new IllegalArgumentException(
          "kernel " + name() + " asks for " + bytes + " bytes of dynamic shared memory, and capability "
              + module.device().capability()
              + " leaves it " + most);
    }
    maxDynamicSharedBytes = bytes;
    return this;
  }

  int maxDynamicSharedBytes() {
    return maxDynamicSharedBytes;
  }

  Program program() {
    return program;
  }

  PtxModule module() {
    return module;
  }
}
