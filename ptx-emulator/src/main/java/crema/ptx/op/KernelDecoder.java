package crema.ptx.op;

import crema.ptx.machine.Program;
import crema.ptx.syntax.Instruction;
import crema.ptx.syntax.ParsedKernel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes of a kernel as it is written one that runs. */
public final class KernelDecoder {
  /** Where dynamic shared memory begins: a multiple of what any kernel asks for, TMA's swizzle included. */
  private static final int DYNAMIC_ALIGNMENT = 1024;

  private KernelDecoder() {}

  /**
   * Decodes a kernel.
   *
   * @param file what the module's text is called
   * @param globals addresses of the module's variables
   * @throws crema.ptx.PtxSyntaxException if an instruction is unknown, or its operands are not what it takes
   */
  public static Program decode(String file, ParsedKernel kernel, Map<String, Long> globals) {
    int dynamic = kernel.sharedBytes() + DYNAMIC_ALIGNMENT - 1 & -DYNAMIC_ALIGNMENT;
    var symbols = new Symbols(globals, dynamic);
    var registers = new Registers();
    var opcodes = new Opcodes.Decoder();
    List<Program.Line> lines = new ArrayList<>();
    boolean asynchronous = false;
    for (Instruction instruction : kernel.instructions()) {
      var in = new Operands(file, instruction, registers, symbols);
      Opcodes.Decoded decoded = opcodes.decode(in);
      int guard = instruction.guard() == null ? 0 : registers.of(instruction.guard()) + 1;
      asynchronous |= instruction.opcode().startsWith("wgmma.") || instruction.opcode().startsWith("cp.async.bulk.");
      lines.add(
          new Program.Line(
              decoded.action(),
              instruction.negated() ? -guard : guard,
              instruction.opcode(),
              decoded.kind(),
              instruction.position(),
              instruction.text(),
              in.reads(),
              in.writes()));
    }
    return new Program(
        kernel.name(),
        lines,
        Program.Code.of(lines),
        registers.count32(),
        registers.count64(),
        registers.predicates(),
        registers.constants(),
        registers.specials(),
        dynamic,
        kernel.localBytes(),
        kernel.parameterBytes(),
        kernel.maxThreads(),
        kernel.requiredThreads(),
        asynchronous);
  }
}
