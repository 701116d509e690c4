package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.InstructionKind;
import crema.ptx.SourcePosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded kernel.
 *
 * @param name its name
 * @param lines its instructions
 * @param registers32 how many registers of up to 32 bits it needs, those of constants and special registers included
 * @param registers64 how many of 64 bits
 * @param predicates how many predicates
 * @param constants registers that hold the same value in all lanes and blocks
 * @param specials registers that hold a special register
 * @param sharedBytes static shared memory, up to where the dynamic one begins
 * @param localBytes local memory of a thread
 * @param parameterBytes size of its parameters
 * @param maxThreads the most threads of a block, or null
 * @param requiredThreads the block that it needs, or null
 * @param asynchronous whether TMA or wgmma read shared memory beside the warps
 */
public record Program(
    String name,
    List<Line> lines,
    int registers32,
    int registers64,
    int predicates,
    List<Constant> constants,
    List<Special> specials,
    int sharedBytes,
    int localBytes,
    int parameterBytes,
    @Nullable Dim3 maxThreads,
    @Nullable Dim3 requiredThreads,
    boolean asynchronous) {

  /**
   * An instruction.
   *
   * @param action what it does
   * @param guard the predicate under which it does so: 0 for none, p + 1, or -(p + 1) where it must be false
   * @param opcode its opcode with modifiers
   * @param kind what counters call it
   * @param position its place
   * @param text its text
   * @param reads the 32-bit registers that it reads
   * @param writes the 32-bit registers that it writes
   */
  public record Line(
      Action action,
      int guard,
      String opcode,
      InstructionKind kind,
      SourcePosition position,
      String text,
      int[] reads,
      int[] writes) {}

  /**
   * A register with a constant.
   *
   * @param wide whether it has 64 bits
   * @param register its number
   * @param bits its value
   */
  public record Constant(boolean wide, int register, long bits) {}

  /**
   * A register with a special register.
   *
   * @param register its number, of 32 bits
   * @param source what it holds
   */
  public record Special(int register, SpecialRegister source) {}

  /** Copies the lists. */
  public Program {
    lines = List.copyOf(lines);
    constants = List.copyOf(constants);
    specials = List.copyOf(specials);
  }
}
