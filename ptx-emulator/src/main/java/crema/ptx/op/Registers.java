package crema.ptx.op;

import crema.ptx.machine.Program;
import crema.ptx.machine.SpecialRegister;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives registers, constants and special registers their places in a warp. */
final class Registers {
  private final Map<Integer, Integer> declared = new HashMap<>();
  private final Map<Integer, Integer> constants32 = new HashMap<>();
  private final Map<Long, Integer> constants64 = new HashMap<>();
  private final Map<SpecialRegister, Integer> specials = new HashMap<>();
  private int count32;
  private int count64;
  private int predicates;

  int of(Operand.Register register) {
    return declared.computeIfAbsent(register.id(), id -> fresh(register.type()));
  }

  /** A register that nothing else uses, for a result that nobody wants. */
  int fresh(PtxType type) {
    return type == PtxType.PRED ? predicates++ : type.bits() == 64 ? count64++ : count32++;
  }

  int constant32(int bits) {
    return constants32.computeIfAbsent(bits, b -> count32++);
  }

  int constant64(long bits) {
    return constants64.computeIfAbsent(bits, b -> count64++);
  }

  int special(SpecialRegister register) {
    return specials.computeIfAbsent(register, s -> count32++);
  }

  int count32() {
    return count32;
  }

  int count64() {
    return count64;
  }

  int predicates() {
    return predicates;
  }

  List<Program.Constant> constants() {
    var all = new ArrayList<Program.Constant>();
    constants32.forEach((bits, register) -> all.add(new Program.Constant(false, register, bits)));
    constants64.forEach((bits, register) -> all.add(new Program.Constant(true, register, bits)));
    return all;
  }

  List<Program.Special> specials() {
    return specials.entrySet().stream().map(e -> new Program.Special(e.getValue(), e.getKey())).toList();
  }
}
