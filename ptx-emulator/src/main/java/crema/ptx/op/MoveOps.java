package crema.ptx.op;

import static crema.ptx.InstructionKind.MOVE;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Addresses;
import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import crema.ptx.syntax.StateSpace;
import java.util.List;

/** Moves, packing and unpacking, and addresses between spaces. */
final class MoveOps {
  private MoveOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("mov", ".b16|.u16|.s16|.f16|.bf16|.b32|.u32|.s32|.f32|.f16x2|.bf16x2", MOVE, MoveOps::move),
        row("mov", ".b64|.u64|.s64|.f64", MOVE, MoveOps::moveWide),
        row("mov", ".pred", MOVE, in -> {
          in.expect(2, 2);
          int d = in.predicateDestination(0, in.raw(0));
          int a = in.predicateSource(1);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.p[d] = w.p[d] & ~lanes | w.holds(a) & lanes;
            }
          };
        }),
        row("cvta", ".global|.const .u64", MOVE, in -> add(in, 0)),
        row("cvta", ".to .global|.const .u64", MOVE, in -> add(in, 0)),
        row("cvta", ".shared|.shared::cta .u64", MOVE, in -> add(in, Addresses.SHARED)),
        row("cvta", ".to .shared|.shared::cta .u64", MOVE, in -> add(in, -Addresses.SHARED)),
        row("cvta", ".local .u64", MOVE, in -> add(in, Addresses.LOCAL)),
        row("cvta", ".to .local .u64", MOVE, in -> add(in, -Addresses.LOCAL)),
        row("cvta", ".param|.param::entry .u64", MOVE, in -> add(in, Addresses.PARAM)),
        row("cvta", ".to .param|.param::entry .u64", MOVE, in -> add(in, -Addresses.PARAM)),
        row("isspacep", ".global|.const|.shared|.shared::cta|.shared::cluster|.local|.param|.param::entry", MOVE,
            MoveOps::isInSpace));
  }

  private static Compute move(Operands in) {
    PtxType type = in.expect(2, 2).type();
    if (in.raw(0) instanceof Operand.Vector parts) {
      return unpack(in, type, parts);
    }
    if (in.raw(1) instanceof Operand.Vector) {
      return pack(in, type);
    }
    return Lanewise.rr(in.destination(0, type), in.source(1, type), (d, a) -> System.arraycopy(a, 0, d, 0, Warp.LANES));
  }

  private static Compute moveWide(Operands in) {
    PtxType type = in.expect(2, 2).type();
    if (in.raw(0) instanceof Operand.Vector parts) {
      return unpack(in, type, parts);
    }
    if (in.raw(1) instanceof Operand.Vector) {
      return pack(in, type);
    }
    return Lanewise.dd(in.destination(0, type), in.source(1, type), (d, a) -> System.arraycopy(a, 0, d, 0, Warp.LANES));
  }

  private static PtxType part(Operands in, PtxType type, int parts) {
    return switch (type.bits() / Math.max(parts, 1)) {
      case 16 -> PtxType.B16;
      case 32 -> PtxType.B32;
      default -> throw in.error(in.opcode() + " of " + parts + " parts is not supported");
    };
  }

  /** {@code mov.b64 d, {low, high}}. */
  private static Compute pack(Operands in, PtxType type) {
    int n = in.raw(1) instanceof Operand.Vector v ? v.elements().size() : 1;
    PtxType part = part(in, type, n);
    int[] from = in.sources(1, n, part);
    int d = in.destination(0, type);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          long value = 0;
          for (int i = n - 1; i >= 0; i--) {
            value = value << part.bits() | w.r[from[i]][l] & (1L << part.bits()) - 1;
          }
          if (type.bits() == 64) {
            w.d[d][l] = value;
          } else {
            w.r[d][l] = (int) value;
          }
        }
      }
    };
  }

  /** {@code mov.b64 {low, high}, a}. */
  private static Compute unpack(Operands in, PtxType type, Operand.Vector parts) {
    int n = parts.elements().size();
    PtxType part = part(in, type, n);
    int a = in.source(1, type);
    int[] to = in.destinations(0, n, part);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          long value = type.bits() == 64 ? w.d[a][l] : w.r[a][l];
          for (int i = 0; i < n; i++) {
            w.r[to[i]][l] = (int) (value >>> i * part.bits() & (1L << part.bits()) - 1);
          }
        }
      }
    };
  }

  private static Compute add(Operands in, long offset) {
    in.expect(2, 2);
    return Lanewise.dd(in.destination(0, PtxType.U64), in.source(1, PtxType.U64), (d, a) -> {
      for (int l = 0; l < Warp.LANES; l++) {
        d[l] = a[l] + offset;
      }
    });
  }

  private static Compute isInSpace(Operands in) {
    in.expect(2, 2);
    int d = in.predicateDestination(0, in.raw(0));
    int a = in.source(1, PtxType.U64);
    StateSpace space = in.space();
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int bits = 0;
        for (int l = 0; l < Warp.LANES; l++) {
          long range = Addresses.range(w.d[a][l]);
          boolean result = switch (space) {
            case SHARED -> range == Addresses.SHARED;
            case LOCAL -> range == Addresses.LOCAL;
            case PARAM -> range == Addresses.PARAM;
            default -> range > Addresses.PARAM;
          };
          bits |= (result ? 1 : 0) << l;
        }
        w.p[d] = w.p[d] & ~lanes | bits & lanes;
      }
    };
  }
}
