package crema.ptx.syntax;

import crema.ptx.SourcePosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instruction as it is written.
 *
 * @param guard the predicate under which it runs, or null
 * @param negated whether it runs where the guard is false
 * @param opcode the opcode with its modifiers, such as {@code add.s32}
 * @param operands its operands
 * @param position its place
 * @param text its text in one line, for messages
 */
public record Instruction(
    Operand.@Nullable Register guard,
    boolean negated,
    String opcode,
    List<Operand> operands,
    SourcePosition position,
    String text) {}
