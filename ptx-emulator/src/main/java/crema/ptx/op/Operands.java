package crema.ptx.op;

import crema.ptx.PtxSyntaxException;
import crema.ptx.machine.Compute;
import crema.ptx.machine.SpecialRegister;
import crema.ptx.syntax.Instruction;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import crema.ptx.syntax.StateSpace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instruction while it is decoded: its modifiers, and its operands as places in a warp. Anything unfit is an error
 * in its line.
 */
final class Operands {
  private final String file;
  private final Instruction instruction;
  private final Registers registers;
  private final Symbols symbols;
  private final List<Integer> reads = new ArrayList<>();
  private final List<Integer> writes = new ArrayList<>();
  private List<String> modifiers = List.of();

  Operands(String file, Instruction instruction, Registers registers, Symbols symbols) {
    this.file = file;
    this.instruction = instruction;
    this.registers = registers;
    this.symbols = symbols;
  }

  PtxSyntaxException error(String what) {
    return new PtxSyntaxException(file, instruction.position().ptxLine(), what);
  }

  private PtxSyntaxException operandError(int i, String wanted) {
    return error("operand " + (i + 1) + " of " + opcode() + " must be " + wanted + ": " + instruction.text());
  }

  String opcode() {
    return instruction.opcode();
  }

  void modifiers(List<String> all) {
    modifiers = all;
  }

  int[] reads() {
    return reads.stream().mapToInt(Integer::intValue).toArray();
  }

  int[] writes() {
    return writes.stream().mapToInt(Integer::intValue).toArray();
  }

  boolean has(String modifier) {
    return modifiers.contains(modifier);
  }

  /** The first of these modifiers that is there, or "" if none is. */
  String choice(String... among) {
    for (String m : among) {
      if (has(m)) {
        return m;
      }
    }
    return "";
  }

  /** The last type among the modifiers. */
  PtxType type() {
    return typeAt(types().size() - 1);
  }

  PtxType typeAt(int i) {
    List<PtxType> all = types();
    if (i < 0 || i >= all.size()) {
      throw error(opcode() + " has no type");
    }
    return all.get(i);
  }

  private List<PtxType> types() {
    var all = new ArrayList<PtxType>();
    for (String m : modifiers) {
      PtxType type = PtxType.of(m);
      if (type != null) {
        all.add(type);
      }
    }
    return all;
  }

  /** The space among the modifiers, or GENERIC. */
  StateSpace space() {
    for (String m : modifiers) {
      StateSpace space = StateSpace.of(m);
      if (space != null) {
        return space;
      }
    }
    return StateSpace.GENERIC;
  }

  /**
   * The modifier that begins so, without that beginning; such as "16" of {@code .m64n16k16} would be found otherwise.
   */
  @Nullable
  String modifierLike(String regex) {
    return modifiers.stream().filter(m -> m.matches(regex)).findFirst().orElse(null);
  }

  int count() {
    return instruction.operands().size();
  }

  /** Checks how many operands there are. */
  Operands expect(int least, int most) {
    if (count() < least || count() > most) {
      throw error(opcode() + " takes " + (least == most ? "" + least : least + " to " + most) + " operands, not "
          + count() + ": " + instruction.text());
    }
    return this;
  }

  Operand raw(int i) {
    if (i >= count()) {
      throw error(opcode() + " lacks operand " + (i + 1) + ": " + instruction.text());
    }
    return instruction.operands().get(i);
  }

  int source(int i, PtxType type) {
    return source(i, raw(i), type, false);
  }

  /** A source whose register may be wider than the type. */
  int wideSource(int i, PtxType type) {
    return source(i, raw(i), type, true);
  }

  int source(int i, Operand operand, PtxType type, boolean wider) {
    switch (operand) {
      case Operand.Register register -> {
        fits(i, register, type, wider);
        int index = registers.of(register);
        if (register.type().bits() <= 32) {
          reads.add(index);
        }
        return index;
      }
      case Operand.Special special -> {
        SpecialRegister found = SpecialRegister.of(special.name());
        if (found == null) {
          throw error("unknown register '" + special.name() + "' in: " + instruction.text());
        }
        if (type.bits() != 32) {
          throw operandError(i, "a register of " + type.bits() + " bits");
        }
        return registers.special(found);
      }
      case Operand.Symbol symbol -> {
        long address = symbols.address(symbol.variable()) + symbol.offset();
        if (type.bits() < 32 || type.isFloat()) {
          throw operandError(i, "a number");
        }
        return type.bits() == 64 ? registers.constant64(address) : registers.constant32((int) address);
      }
      case Operand.IntegerLiteral literal -> {
        if (type.isFloat() && type.bits() >= 32 && type != PtxType.F16X2 && type != PtxType.BF16X2
            && type != PtxType.TF32) {
          throw operandError(i, "a floating-point literal");
        }
        return constant(type, literal.value());
      }
      case Operand.FloatLiteral literal -> {
        return constant(type, floatBits(i, literal, type));
      }
      default -> throw operandError(i, "a register or a number");
    }
  }

  private int constant(PtxType type, long bits) {
    return switch (type.bits()) {
      case 64 -> registers.constant64(bits);
      case 32 -> registers.constant32((int) bits);
      default -> registers.constant32((int) bits & (1 << type.bits()) - 1);
    };
  }

  private long floatBits(int i, Operand.FloatLiteral literal, PtxType type) {
    if (type.bits() == 64) {
      return literal.single() ? Double.doubleToRawLongBits(Float.intBitsToFloat((int) literal.bits())) : literal.bits();
    }
    if (type.bits() == 32) {
      return literal.single() ? literal.bits()
          : Float.floatToRawIntBits((float) Double.longBitsToDouble(literal.bits()));
    }
    throw operandError(i, "a number of " + type.bits() + " bits");
  }

  private void fits(int i, Operand.Register register, PtxType type, boolean wider) {
    int bits = register.type().bits();
    if (register.type() == PtxType.PRED || (wider ? bits < type.bits() : bits != type.bits())) {
      throw operandError(i, "of " + type.bits() + " bits, which " + register.name() + " is not");
    }
  }

  int destination(int i, PtxType type) {
    return destination(i, raw(i), type, false);
  }

  /** A destination whose register may be wider than the type. */
  int wideDestination(int i, PtxType type) {
    return destination(i, raw(i), type, true);
  }

  int destination(int i, Operand operand, PtxType type, boolean wider) {
    if (operand instanceof Operand.Sink) {
      return registers.fresh(type);
    }
    if (!(operand instanceof Operand.Register register)) {
      throw operandError(i, "a register");
    }
    fits(i, register, type, wider);
    int index = registers.of(register);
    if (register.type().bits() <= 32) {
      writes.add(index);
    }
    return index;
  }

  /** Bits of the register that operand {@code i} is, or {@code otherwise} if it is none. */
  int bits(Operand operand, int otherwise) {
    return operand instanceof Operand.Register r ? r.type().bits() : otherwise;
  }

  int predicateDestination(int i, Operand operand) {
    if (operand instanceof Operand.Sink) {
      return registers.fresh(PtxType.PRED);
    }
    if (operand instanceof Operand.Register r && r.type() == PtxType.PRED) {
      return registers.of(r);
    }
    throw operandError(i, "a predicate");
  }

  /** A predicate, perhaps negated, as {@link crema.ptx.machine.Program.Line#guard} encodes it. */
  int predicateSource(int i) {
    Operand operand = raw(i);
    boolean negated = operand instanceof Operand.Negated;
    Operand inner = operand instanceof Operand.Negated n ? n.predicate() : operand;
    if (inner instanceof Operand.Register r && r.type() == PtxType.PRED) {
      return negated ? -(registers.of(r) + 1) : registers.of(r) + 1;
    }
    if (inner instanceof Operand.IntegerLiteral n && !negated) {
      // A predicate that nothing writes is false everywhere.
      int never = registers.fresh(PtxType.PRED) + 1;
      return n.value() == 0 ? never : -never;
    }
    throw operandError(i, "a predicate");
  }

  /** Whether operand {@code i} is a register that holds a predicate. */
  boolean isPredicate(int i) {
    return raw(i) instanceof Operand.Register r && r.type() == PtxType.PRED;
  }

  /** A whole number that stands in the text. */
  int immediate(int i, int min, int max) {
    if (raw(i) instanceof Operand.IntegerLiteral n && n.value() >= min && n.value() <= max) {
      return (int) n.value();
    }
    throw operandError(i, "a number of " + min + " to " + max);
  }

  /** The elements of a vector of so many; a single operand is a vector of one. */
  List<Operand> vector(int i, int size) {
    Operand operand = raw(i);
    List<Operand> elements = operand instanceof Operand.Vector v ? v.elements() : List.of(operand);
    if (elements.size() != size) {
      throw operandError(i, size == 1 ? "one register" : "a vector of " + size);
    }
    return elements;
  }

  /** The registers of a vector of so many sources. */
  int[] sources(int i, int size, PtxType type) {
    return vector(i, size).stream().mapToInt(o -> source(i, o, type, false)).toArray();
  }

  /** The registers of a vector of so many destinations. */
  int[] destinations(int i, int size, PtxType type) {
    return vector(i, size).stream().mapToInt(o -> destination(i, o, type, false)).toArray();
  }

  /** {@code [base + offset]}. */
  Address address(int i) {
    if (!(raw(i) instanceof Operand.Address address)) {
      throw operandError(i, "an address in brackets");
    }
    return address(i, address.base(), address.offset());
  }

  /** Where the parameter lies that an address names; all of the access is inside the parameters. */
  long parameterOffset(int i) {
    if (raw(i) instanceof Operand.Address a && a.base() instanceof Operand.Symbol s
        && s.variable().space() == StateSpace.PARAM) {
      long end = a.offset() + s.offset() + (long) type().bytes() * (has(".v4") ? 4 : has(".v2") ? 2 : 1);
      if (a.offset() + s.offset() >= 0 && end <= s.variable().bytes()) {
        return s.variable().offset() + s.offset() + a.offset();
      }
    }
    throw operandError(i, "inside a parameter");
  }

  Address address(int i, Operand base, long offset) {
    return switch (base) {
      case Operand.Register r when r.type().bits() == 64 ->
          new Address(true, registers.of(r), offset, StateSpace.GENERIC);
      case Operand.Register r when r.type().bits() == 32 ->
          new Address(false, source(i, r, PtxType.B32, false), offset, StateSpace.GENERIC);
      case Operand.Symbol s ->
          new Address(true, registers.constant64(symbols.address(s.variable())), offset + s.offset(),
              s.variable().space());
      case Operand.IntegerLiteral n -> new Address(true, registers.constant64(n.value()), offset, StateSpace.GENERIC);
      default -> throw operandError(i, "an address");
    };
  }

  // Instructions whose operands all have the opcode's type, and whose lanes have nothing to do with each other.

  Compute rr(Lanewise.RR f) {
    expect(2, 2);
    return Lanewise.rr(destination(0, type()), source(1, type()), f);
  }

  Compute rrr(Lanewise.RRR f) {
    expect(3, 3);
    return Lanewise.rrr(destination(0, type()), source(1, type()), source(2, type()), f);
  }

  Compute rrrr(Lanewise.RRRR f) {
    expect(4, 4);
    return Lanewise.rrrr(destination(0, type()), source(1, type()), source(2, type()), source(3, type()), f);
  }

  Compute dd(Lanewise.DD f) {
    expect(2, 2);
    return Lanewise.dd(destination(0, type()), source(1, type()), f);
  }

  Compute ddd(Lanewise.DDD f) {
    expect(3, 3);
    return Lanewise.ddd(destination(0, type()), source(1, type()), source(2, type()), f);
  }

  Compute dddd(Lanewise.DDDD f) {
    expect(4, 4);
    return Lanewise.dddd(destination(0, type()), source(1, type()), source(2, type()), source(3, type()), f);
  }
}
