package crema.ptx.syntax;

import java.util.List;

/** An operand as it is written, with its names resolved. */
public sealed interface Operand {
  /**
   * A register.
   *
   * @param name its name
   * @param type its declared type
   * @param id its number among the registers of its kernel
   */
  record Register(String name, PtxType type, int id) implements Operand {}

  /** A special register, such as {@code %tid.x}; whether it exists is decided where it is used. */
  record Special(String name) implements Operand {}

  /** An integer. */
  record IntegerLiteral(long value) implements Operand {}

  /** A floating-point number; {@code bits} are F32's if {@code single}, else F64's. */
  record FloatLiteral(long bits, boolean single) implements Operand {}

  /** The address of a variable, plus an offset in bytes. */
  record Symbol(Variable variable, long offset) implements Operand {}

  /** An instruction of the kernel, by its index. */
  record Label(String name, int target) implements Operand {}

  /** A table of labels, as {@code .branchtargets} lists them. */
  record LabelTable(List<Integer> targets) implements Operand {}

  /** {@code [base + offset]}. */
  record Address(Operand base, long offset) implements Operand {}

  /** {@code [map, {coordinates}]}. */
  record TensorAddress(Operand map, List<Operand> coordinates) implements Operand {}

  /** {@code {a, b, …}}. */
  record Vector(List<Operand> elements) implements Operand {}

  /** {@code a|b}. */
  record Pair(Operand first, Operand second) implements Operand {}

  /** {@code !p}. */
  record Negated(Operand predicate) implements Operand {}

  /** {@code _}: a result that nobody wants. */
  record Sink() implements Operand {}
}
