package crema.ptx.op;

import static crema.ptx.InstructionKind.WARP;
import static crema.ptx.op.Opcode.row;

import crema.ptx.FaultKind;
import crema.ptx.machine.Collective;
import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.List;
import java.util.Locale;

/** Exchange between the lanes of a warp: shuffles, votes, matches, reductions. */
final class WarpOps {
  private WarpOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("shfl", ".sync .up|.down|.bfly|.idx .b32", WARP, WarpOps::shuffle),
        row("vote", ".sync .all|.any|.uni .pred", WARP, WarpOps::vote),
        row("vote", ".sync .ballot .b32", WARP, in -> {
          in.expect(3, 3);
          int d = in.destination(0, PtxType.B32);
          int p = in.predicateSource(1);
          return new WithMask(in.source(2, PtxType.B32)) {
            @Override
            public void execute(Warp w, int lanes) {
              fill(w.r[d], w.holds(p) & lanes, lanes);
            }
          };
        }),
        row("match", ".any|.all .sync .b32|.b64", WARP, WarpOps::match),
        row("redux", ".sync .add|.min|.max .u32|.s32", WARP, WarpOps::reduce),
        row("redux", ".sync .and|.or|.xor .b32", WARP, WarpOps::reduce),
        row("activemask", ".b32", WARP, in -> {
          in.expect(1, 1);
          int d = in.destination(0, PtxType.B32);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              fill(w.r[d], lanes, lanes);
            }
          };
        }),
        row("elect", ".sync", WARP, in -> {
          in.expect(2, 2);
          if (!(in.raw(0) instanceof Operand.Pair pair)) {
            throw in.error("elect.sync gives a register and a predicate, as in %r|%p");
          }
          int d = in.destination(0, pair.first(), PtxType.B32, false);
          int p = in.predicateDestination(0, pair.second());
          return new WithMask(in.source(1, PtxType.B32)) {
            @Override
            public void execute(Warp w, int lanes) {
              int elected = Integer.numberOfTrailingZeros(lanes);
              fill(w.r[d], elected, lanes);
              w.p[p] = w.p[p] & ~lanes | 1 << elected;
            }
          };
        }),
        row("bar", ".warp .sync", WARP, in -> {
          in.expect(1, 1);
          return new WithMask(in.source(0, PtxType.B32)) {
            @Override
            public void execute(Warp w, int lanes) {}

            @Override
            public boolean anywhere() {
              return true;
            }
          };
        }));
  }

  /** Waits for the lanes of a mask, which all of them name and are in. */
  private abstract static class WithMask extends Collective {
    private final int mask;

    WithMask(int mask) {
      this.mask = mask;
    }

    @Override
    public int members(Warp w, int lanes) {
      if (lanes == Warp.ALL && allSet(w.r[mask])) {
        return Warp.ALL;
      }
      int first = Integer.numberOfTrailingZeros(lanes);
      int members = w.r[mask][first];
      for (int m = lanes; m != 0; m &= m - 1) {
        int lane = Integer.numberOfTrailingZeros(m);
        if ((members >>> lane & 1) == 0) {
          throw w.fault(FaultKind.DIVERGENCE, lane,
              "lane " + lane + " is not in its mask 0x" + Integer.toHexString(members));
        }
        if (w.r[mask][lane] != members) {
          throw w.fault(FaultKind.DIVERGENCE, lane,
              "masks differ: 0x" + Integer.toHexString(members) + " of lane " + first + ", 0x"
                  + Integer.toHexString(w.r[mask][lane]) + " of lane " + lane);
        }
      }
      return members;
    }
  }

  private static boolean allSet(int[] masks) {
    int all = -1;
    for (int l = 0; l < Warp.LANES; l++) {
      all &= masks[l];
    }
    return all == -1;
  }

  private static void fill(int[] d, int value, int lanes) {
    for (int m = lanes; m != 0; m &= m - 1) {
      d[Integer.numberOfTrailingZeros(m)] = value;
    }
  }

  private static Collective shuffle(Operands in) {
    in.expect(5, 5);
    boolean pair = in.raw(0) instanceof Operand.Pair;
    int d = in.destination(0, in.raw(0) instanceof Operand.Pair p ? p.first() : in.raw(0), PtxType.B32, false);
    int q = in.raw(0) instanceof Operand.Pair p ? in.predicateDestination(0, p.second()) : -1;
    int a = in.source(1, PtxType.B32);
    int b = in.source(2, PtxType.B32);
    int c = in.source(3, PtxType.B32);
    Shuffle mode = Shuffle.valueOf(in.choice(".up", ".down", ".bfly", ".idx").substring(1).toUpperCase(Locale.ROOT));
    return new WithMask(in.source(4, PtxType.B32)) {
      @Override
      public void execute(Warp w, int lanes) {
        int[] from = w.r[a];
        int[] by = w.r[b];
        int[] limits = w.r[c];
        int[] result = w.scratch;
        int inRange = 0;
        int outside = 0;
        for (int lane = 0; lane < Warp.LANES; lane++) {
          // PTX ISA, shfl.sync: c holds a mask of the segment in bits 8 to 12 and a limit in bits 0 to 4.
          int segment = limits[lane] >>> 8 & 31;
          int limit = limits[lane] & 31;
          int most = lane & segment | limit & ~segment;
          int n = by[lane] & 31;
          int source = switch (mode) {
            case UP -> lane - n;
            case DOWN -> lane + n;
            case BFLY -> lane ^ n;
            case IDX -> lane & segment | n & ~segment;
          };
          boolean valid = mode == Shuffle.UP ? source >= most : source <= most;
          int taken = valid ? source : lane;
          outside |= (~(lanes >>> taken) & 1) << lane;
          result[lane] = from[taken & 31];
          inRange |= (valid ? 1 : 0) << lane;
        }
        if ((outside & lanes) != 0) {
          int lane = Integer.numberOfTrailingZeros(outside & lanes);
          throw w.fault(FaultKind.INACTIVE_LANE, lane, "lane " + lane + " reads a lane that takes no part");
        }
        w.keep(d, lanes);
        if (pair) {
          w.p[q] = w.p[q] & ~lanes | inRange & lanes;
        }
      }
    };
  }

  /** How a shuffle finds the lane to read. */
  private enum Shuffle {
    UP,
    DOWN,
    BFLY,
    IDX
  }

  private static Collective vote(Operands in) {
    in.expect(3, 3);
    int d = in.predicateDestination(0, in.raw(0));
    int p = in.predicateSource(1);
    String mode = in.choice(".all", ".any", ".uni");
    return new WithMask(in.source(2, PtxType.B32)) {
      @Override
      public void execute(Warp w, int lanes) {
        int holds = w.holds(p) & lanes;
        boolean result = switch (mode) {
          case ".all" -> holds == lanes;
          case ".any" -> holds != 0;
          default -> holds == lanes || holds == 0;
        };
        w.p[d] = result ? w.p[d] | lanes : w.p[d] & ~lanes;
      }
    };
  }

  private static Collective match(Operands in) {
    in.expect(3, 3);
    PtxType type = in.type();
    boolean all = in.has(".all");
    boolean pair = in.raw(0) instanceof Operand.Pair;
    int d = in.destination(0, in.raw(0) instanceof Operand.Pair p ? p.first() : in.raw(0), PtxType.B32, false);
    int q = in.raw(0) instanceof Operand.Pair p ? in.predicateDestination(0, p.second()) : -1;
    int a = in.source(1, type);
    return new WithMask(in.source(2, PtxType.B32)) {
      @Override
      public void execute(Warp w, int lanes) {
        int[] result = w.scratch;
        int matched = 0;
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int same = 0;
          for (int n = lanes; n != 0; n &= n - 1) {
            int other = Integer.numberOfTrailingZeros(n);
            boolean equal = type.bits() == 64 ? w.d[a][lane] == w.d[a][other] : w.r[a][lane] == w.r[a][other];
            same |= equal ? 1 << other : 0;
          }
          result[lane] = all && same != lanes ? 0 : same;
          matched |= same == lanes ? 1 << lane : 0;
        }
        w.keep(d, lanes);
        if (pair) {
          w.p[q] = w.p[q] & ~lanes | matched;
        }
      }
    };
  }

  private static Collective reduce(Operands in) {
    in.expect(3, 3);
    PtxType type = in.type();
    int d = in.destination(0, type);
    int a = in.source(1, type);
    String mode = in.choice(".add", ".min", ".max", ".and", ".or", ".xor");
    int flip = type.signed() ? 0 : Integer.MIN_VALUE;
    return new WithMask(in.source(2, PtxType.B32)) {
      @Override
      public void execute(Warp w, int lanes) {
        int result = w.r[a][Integer.numberOfTrailingZeros(lanes)];
        for (int m = lanes & lanes - 1; m != 0; m &= m - 1) {
          int value = w.r[a][Integer.numberOfTrailingZeros(m)];
          result = switch (mode) {
            case ".add" -> result + value;
            case ".min" -> (result ^ flip) <= (value ^ flip) ? result : value;
            case ".max" -> (result ^ flip) >= (value ^ flip) ? result : value;
            case ".and" -> result & value;
            case ".or" -> result | value;
            default -> result ^ value;
          };
        }
        fill(w.r[d], result, lanes);
      }
    };
  }
}
