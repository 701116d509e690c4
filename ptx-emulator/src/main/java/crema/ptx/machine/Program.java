package crema.ptx.machine;

import crema.ptx.Dim3;
import crema.ptx.InstructionKind;
import crema.ptx.SourcePosition;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoded kernel.
 *
 * @param name its name
 * @param lines its instructions
 * @param code the same in arrays, for speed
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
    Code code,
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
   * What a warp needs of each instruction at every step.
   *
   * @param actions what they do
   * @param guards their guards
   * @param wgmmaOperandWritten whether they are no wgmma, but write a register that one uses
   */
  public record Code(Action[] actions, int[] guards, boolean[] wgmmaOperandWritten) {
    /** Of these instructions. */
    public static Code of(List<Line> lines) {
      var operands = new BitSet();
      for (Line line : lines) {
        if (line.action().usesRegistersLater()) {
          Arrays.stream(line.reads()).forEach(operands::set);
          Arrays.stream(line.writes()).forEach(operands::set);
        }
      }
      boolean[] written = new boolean[lines.size()];
      for (int i = 0; i < written.length; i++) {
        Line line = lines.get(i);
        written[i] = !line.action().usesRegistersLater() && Arrays.stream(line.writes()).anyMatch(operands::get);
      }
      return new Code(
          lines.stream().map(Line::action).toArray(Action[]::new), lines.stream().mapToInt(Line::guard).toArray(),
          written);
    }
  }

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
