package crema.ptx.op;

import static crema.ptx.InstructionKind.INTEGER;
import static crema.ptx.op.Lanewise.LANES;
import static crema.ptx.op.Lanewise.each;
import static crema.ptx.op.Lanewise.eachLong;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Integer arithmetic. A division by zero gives all ones, as on the hardware; PTX leaves it open. */
final class IntegerOps {
  private static final int LOW = 0xffff;

  private IntegerOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("add", ".u16|.s16", INTEGER, in -> in.rrr(each((a, b) -> a + b & LOW))),
        row("add", ".u32|.s32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] + b[l];
          }
        })),
        row("add", ".sat .s32", INTEGER, in -> in.rrr(each((a, b) -> clamp((long) a + b)))),
        row("add", ".u64|.s64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] + b[l];
          }
        })),
        row("sub", ".u16|.s16", INTEGER, in -> in.rrr(each((a, b) -> a - b & LOW))),
        row("sub", ".u32|.s32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] - b[l];
          }
        })),
        row("sub", ".sat .s32", INTEGER, in -> in.rrr(each((a, b) -> clamp((long) a - b)))),
        row("sub", ".u64|.s64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] - b[l];
          }
        })),
        row("add", ".cc .u32|.s32|.u64|.s64", INTEGER, in -> carry(in, false, false)),
        row("addc", "[.cc] .u32|.s32|.u64|.s64", INTEGER, in -> carry(in, false, true)),
        row("sub", ".cc .u32|.s32|.u64|.s64", INTEGER, in -> carry(in, true, false)),
        row("subc", "[.cc] .u32|.s32|.u64|.s64", INTEGER, in -> carry(in, true, true)),
        row("mul", ".lo|.hi .u16|.s16", INTEGER, in -> {
          int shift = in.has(".hi") ? 16 : 0;
          return in.type().signed()
              ? in.rrr(each((a, b) -> (short) a * (short) b >> shift & LOW))
              : in.rrr(each((a, b) -> a * b >>> shift & LOW));
        }),
        row("mul", ".lo .u32|.s32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l];
          }
        })),
        row("mul", ".hi .u32|.s32", INTEGER, in -> in.type().signed()
            ? in.rrr(each((a, b) -> (int) ((long) a * b >> 32)))
            : in.rrr((d, a, b) -> {
              for (int l = 0; l < LANES; l++) {
                d[l] = (int) ((a[l] & 0xffff_ffffL) * (b[l] & 0xffff_ffffL) >>> 32);
              }
            })),
        row("mul", ".lo .u64|.s64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l];
          }
        })),
        row("mul", ".hi .u64|.s64", INTEGER, in -> in.ddd(
            in.type().signed() ? eachLong(Math::multiplyHigh) : eachLong(Math::unsignedMultiplyHigh))),
        row("mul", ".wide .u16|.s16", INTEGER, in -> {
          PtxType type = in.expect(3, 3).type();
          return Lanewise.rrr(in.destination(0, PtxType.B32), in.source(1, type), in.source(2, type),
              type.signed() ? each((a, b) -> (short) a * (short) b) : each((a, b) -> a * b));
        }),
        row("mul", ".wide .u32|.s32", INTEGER, in -> {
          PtxType type = in.expect(3, 3).type();
          return Lanewise.drr(in.destination(0, PtxType.B64), in.source(1, type), in.source(2, type), wide(type));
        }),
        row("mad", ".lo|.hi .u16|.s16", INTEGER, in -> {
          int shift = in.has(".hi") ? 16 : 0;
          boolean signed = in.type().signed();
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              int product = signed ? (short) a[l] * (short) b[l] >> shift : a[l] * b[l] >>> shift;
              d[l] = product + c[l] & LOW;
            }
          });
        }),
        row("mad", ".lo .u32|.s32", INTEGER, in -> in.rrrr((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l] + c[l];
          }
        })),
        row("mad", ".hi .u32|.s32", INTEGER, in -> {
          boolean signed = in.type().signed();
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = high(a[l], b[l], signed) + c[l];
            }
          });
        }),
        row("mad", ".lo .u64|.s64", INTEGER, in -> in.dddd((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l] + c[l];
          }
        })),
        row("mad", ".hi .u64|.s64", INTEGER, in -> {
          boolean signed = in.type().signed();
          return in.dddd((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = (signed ? Math.multiplyHigh(a[l], b[l]) : Math.unsignedMultiplyHigh(a[l], b[l])) + c[l];
            }
          });
        }),
        row("mad", ".wide .u16|.s16", INTEGER, in -> {
          PtxType type = in.expect(4, 4).type();
          boolean signed = type.signed();
          return Lanewise.rrrr(
              in.destination(0, PtxType.B32), in.source(1, type), in.source(2, type), in.source(3, PtxType.B32),
              (d, a, b, c) -> {
                for (int l = 0; l < LANES; l++) {
                  d[l] = (signed ? (short) a[l] * (short) b[l] : a[l] * b[l]) + c[l];
                }
              });
        }),
        row("mad", ".wide .u32|.s32", INTEGER, in -> {
          PtxType type = in.expect(4, 4).type();
          Lanewise.DRR product = wide(type);
          return Lanewise.drrd(
              in.destination(0, PtxType.B64), in.source(1, type), in.source(2, type), in.source(3, PtxType.B64),
              (d, a, b, c) -> {
                long[] sum = new long[LANES];
                product.run(sum, a, b);
                for (int l = 0; l < LANES; l++) {
                  d[l] = sum[l] + c[l];
                }
              });
        }),
        row("mad", ".lo|.hi .cc .u32|.s32", INTEGER, in -> carryMultiply(in, false)),
        row("madc", ".lo|.hi [.cc] .u32|.s32", INTEGER, in -> carryMultiply(in, true)),
        row("sad", ".u32|.s32", INTEGER, in -> {
          boolean signed = in.type().signed();
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              boolean less = signed ? a[l] < b[l] : Integer.compareUnsigned(a[l], b[l]) < 0;
              d[l] = c[l] + (less ? b[l] - a[l] : a[l] - b[l]);
            }
          });
        }),
        row("div", ".u16|.s16", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> b == 0 ? LOW : (short) a / (short) b & LOW)
            : each((a, b) -> b == 0 ? LOW : a / b))),
        row("div", ".u32|.s32", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> b == 0 ? -1 : a / b)
            : each((a, b) -> b == 0 ? -1 : Integer.divideUnsigned(a, b)))),
        row("div", ".u64|.s64", INTEGER, in -> in.ddd(in.type().signed()
            ? eachLong((a, b) -> b == 0 ? -1 : a / b)
            : eachLong((a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b)))),
        row("rem", ".u16|.s16", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> b == 0 ? a : (short) a % (short) b & LOW)
            : each((a, b) -> b == 0 ? a : a % b))),
        row("rem", ".u32|.s32", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> b == 0 ? a : a % b)
            : each((a, b) -> b == 0 ? a : Integer.remainderUnsigned(a, b)))),
        row("rem", ".u64|.s64", INTEGER, in -> in.ddd(in.type().signed()
            ? eachLong((a, b) -> b == 0 ? a : a % b)
            : eachLong((a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b)))),
        row("abs", ".s16", INTEGER, in -> in.rr(each(a -> Math.abs((short) a) & LOW))),
        row("abs", ".s32", INTEGER, in -> in.rr(each(a -> Math.abs(a)))),
        row("abs", ".s64", INTEGER, in -> in.dd(eachLong(a -> Math.abs(a)))),
        row("neg", ".s16", INTEGER, in -> in.rr(each(a -> -a & LOW))),
        row("neg", ".s32", INTEGER, in -> in.rr(each(a -> -a))),
        row("neg", ".s64", INTEGER, in -> in.dd(eachLong(a -> -a))),
        row("min", ".u16|.s16", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> Math.min((short) a, (short) b) & LOW) : each(Math::min))),
        row("max", ".u16|.s16", INTEGER, in -> in.rrr(in.type().signed()
            ? each((a, b) -> Math.max((short) a, (short) b) & LOW) : each(Math::max))),
        row("min", "[.relu] .u32|.s32", INTEGER, in -> relu(in, in.type().signed()
            ? each(Math::min) : each((a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b))),
        row("max", "[.relu] .u32|.s32", INTEGER, in -> relu(in, in.type().signed()
            ? each(Math::max) : each((a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b))),
        row("min", ".u64|.s64", INTEGER, in -> in.ddd(in.type().signed()
            ? eachLong(Math::min) : eachLong((a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b))),
        row("max", ".u64|.s64", INTEGER, in -> in.ddd(in.type().signed()
            ? eachLong(Math::max) : eachLong((a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b))),
        row("dp4a", ".u32|.s32 .u32|.s32", INTEGER, in -> {
          boolean signedA = in.typeAt(0).signed();
          boolean signedB = in.typeAt(1).signed();
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              int sum = c[l];
              for (int shift = 0; shift < 32; shift += 8) {
                sum += byteOf(a[l], shift, signedA) * byteOf(b[l], shift, signedB);
              }
              d[l] = sum;
            }
          });
        }));
  }

  private static int byteOf(int word, int shift, boolean signed) {
    return signed ? (byte) (word >> shift) : word >> shift & 0xff;
  }

  private static int clamp(long value) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, value));
  }

  private static int high(int a, int b, boolean signed) {
    return (int) (signed ? (long) a * b >> 32 : (a & 0xffff_ffffL) * (b & 0xffff_ffffL) >>> 32);
  }

  private static Compute relu(Operands in, Lanewise.RRR f) {
    if (!in.has(".relu")) {
      return in.rrr(f);
    }
    return in.rrr((d, a, b) -> {
      f.run(d, a, b);
      for (int l = 0; l < LANES; l++) {
        d[l] = Math.max(d[l], 0);
      }
    });
  }

  private static Lanewise.DRR wide(PtxType type) {
    if (type.signed()) {
      return (d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = (long) a[l] * b[l];
        }
      };
    }
    return (d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = (a[l] & 0xffff_ffffL) * (b[l] & 0xffff_ffffL);
      }
    };
  }

  /** Additions and subtractions that set the carry flag, or use it. A subtraction's carry is its borrow. */
  private static Compute carry(Operands in, boolean subtract, boolean uses) {
    PtxType type = in.expect(3, 3).type();
    boolean sets = in.has(".cc");
    int d = in.destination(0, type);
    int a = in.source(1, type);
    int b = in.source(2, type);
    boolean wide = type.bits() == 64;
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          long x = wide ? w.d[a][l] : w.r[a][l] & 0xffff_ffffL;
          long y = wide ? w.d[b][l] : w.r[b][l] & 0xffff_ffffL;
          long c = uses ? w.carry >>> l & 1 : 0;
          long result = subtract ? x - y - c : x + y + c;
          boolean out;
          if (wide) {
            int order = subtract ? Long.compareUnsigned(x, y) : Long.compareUnsigned(result, x);
            out = order < 0 || order == 0 && c != 0;
            w.d[d][l] = result;
          } else {
            out = (result >>> 32 & 1) != 0;
            w.r[d][l] = (int) result;
          }
          if (sets) {
            setCarry(w, l, out);
          }
        }
      }
    };
  }

  private static Compute carryMultiply(Operands in, boolean uses) {
    PtxType type = in.expect(4, 4).type();
    boolean sets = in.has(".cc");
    boolean high = in.has(".hi");
    int d = in.destination(0, type);
    int a = in.source(1, type);
    int b = in.source(2, type);
    int c = in.source(3, type);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          int product = high ? high(w.r[a][l], w.r[b][l], type.signed()) : w.r[a][l] * w.r[b][l];
          long sum = (product & 0xffff_ffffL) + (w.r[c][l] & 0xffff_ffffL) + (uses ? w.carry >>> l & 1 : 0);
          w.r[d][l] = (int) sum;
          if (sets) {
            setCarry(w, l, sum >>> 32 != 0);
          }
        }
      }
    };
  }

  private static void setCarry(Warp w, int lane, boolean carry) {
    w.carry = carry ? w.carry | 1 << lane : w.carry & ~(1 << lane);
  }
}
