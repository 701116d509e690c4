package crema.ptx.op;

import crema.ptx.InstructionKind;
import crema.ptx.machine.Action;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The table of opcodes: all instructions that the emulator knows. */
final class Opcodes {
  private static final Map<String, List<Opcode>> BY_NAME = new LinkedHashMap<>();

  static {
    Stream.of(
        MoveOps.rows(),
        IntegerOps.rows(),
        LogicOps.rows(),
        FloatOps.rows(),
        DoubleOps.rows(),
        HalfOps.rows(),
        ConversionOps.rows(),
        CompareOps.rows(),
        MemoryOps.rows(),
        AtomicOps.rows(),
        WarpOps.rows(),
        MatrixOps.rows(),
        WgmmaOps.rows(),
        CopyOps.rows(),
        BulkOps.rows(),
        BarrierOps.rows(),
        ControlOps.rows())
        .flatMap(List::stream)
        .forEach(row -> BY_NAME.computeIfAbsent(row.name(), n -> new ArrayList<>()).add(row));
  }

  private Opcodes() {}

  /**
   * A decoded instruction.
   *
   * @param action what it does
   * @param kind what counters call it
   */
  record Decoded(Action action, InstructionKind kind) {}

  /** An opcode's row with its modifiers apart. */
  private record Found(Opcode row, List<String> modifiers) {}

  /** Finds rows; remembers those that it found, as a module has few different opcodes. */
  static final class Decoder {
    private final Map<String, Found> found = new HashMap<>();

    Decoded decode(Operands in) {
      Found row = found.computeIfAbsent(in.opcode(), opcode -> find(opcode, in));
      in.modifiers(row.modifiers());
      return new Decoded(row.row().decoder().decode(in), row.row().kind());
    }
  }

  private static Found find(String opcode, Operands in) {
    String[] parts = opcode.split("\\.");
    String name = parts[0];
    List<String> modifiers = Arrays.stream(parts).skip(1).map(m -> "." + m).toList();
    List<Opcode> rows = BY_NAME.get(name);
    if (rows == null) {
      throw in.error("opcode " + name + " is not supported, in " + opcode);
    }
    int furthest = -1;
    Set<String> wanted = new TreeSet<>();
    for (Opcode row : rows) {
      Form.Match match = row.form().match(modifiers);
      if (match.whole()) {
        return new Found(row, modifiers);
      }
      if (match.matched() > furthest) {
        furthest = match.matched();
        wanted.clear();
      }
      if (match.matched() == furthest) {
        wanted.addAll(match.wanted());
      }
    }
    String known = wanted.isEmpty() ? "nothing" : String.join(" ", wanted);
    throw in.error(
        furthest < modifiers.size()
            ? "modifier " + modifiers.get(furthest) + " of " + opcode + " is not supported; known there: " + known
            : opcode + " lacks a modifier: one of " + known);
  }

  /** How many opcodes there are. */
  static int count() {
    return BY_NAME.size();
  }

  /** All rows. */
  static List<Opcode> rows() {
    return BY_NAME.values().stream().flatMap(List::stream).toList();
  }
}
