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

/** Bits: logic, shifts, fields, counts, permutations of bytes. */
final class LogicOps {
  private LogicOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("and", ".b16|.b32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & b[l];
          }
        })),
        row("or", ".b16|.b32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] | b[l];
          }
        })),
        row("xor", ".b16|.b32", INTEGER, in -> in.rrr((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] ^ b[l];
          }
        })),
        row("and", ".b64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & b[l];
          }
        })),
        row("or", ".b64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] | b[l];
          }
        })),
        row("xor", ".b64", INTEGER, in -> in.ddd((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] ^ b[l];
          }
        })),
        row("and", ".pred", INTEGER, in -> predicates(in, (a, b) -> a & b)),
        row("or", ".pred", INTEGER, in -> predicates(in, (a, b) -> a | b)),
        row("xor", ".pred", INTEGER, in -> predicates(in, (a, b) -> a ^ b)),
        row("not", ".pred", INTEGER, in -> {
          in.expect(2, 2);
          int d = in.predicateDestination(0, in.raw(0));
          int a = in.predicateSource(1);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.p[d] = w.p[d] & ~lanes | ~w.holds(a) & lanes;
            }
          };
        }),
        row("not", ".b16", INTEGER, in -> in.rr(each(a -> ~a & 0xffff))),
        row("not", ".b32", INTEGER, in -> in.rr(each(a -> ~a))),
        row("not", ".b64", INTEGER, in -> in.dd(eachLong(a -> ~a))),
        row("cnot", ".b16|.b32", INTEGER, in -> in.rr(each(a -> a == 0 ? 1 : 0))),
        row("cnot", ".b64", INTEGER, in -> in.dd(eachLong(a -> a == 0 ? 1 : 0))),
        row("shl", ".b16|.b32", INTEGER, in -> {
          PtxType type = in.expect(3, 3).type();
          int bits = type.bits();
          int mask = bits == 32 ? -1 : 0xffff;
          return Lanewise.rrr(in.destination(0, type), in.source(1, type), in.source(2, PtxType.B32), (d, a, b) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = (b[l] & -bits) != 0 ? 0 : a[l] << b[l] & mask;
            }
          });
        }),
        row("shl", ".b64", INTEGER, in -> {
          in.expect(3, 3);
          return Lanewise.ddr(in.destination(0, PtxType.B64), in.source(1, PtxType.B64), in.source(2, PtxType.B32),
              (d, a, b) -> {
                for (int l = 0; l < LANES; l++) {
                  d[l] = (b[l] & -64) != 0 ? 0 : a[l] << b[l];
                }
              });
        }),
        row("shr", ".b16|.u16|.s16|.b32|.u32|.s32", INTEGER, in -> {
          PtxType type = in.expect(3, 3).type();
          return Lanewise.rrr(in.destination(0, type), in.source(1, type), in.source(2, PtxType.B32), shiftRight(type));
        }),
        row("shr", ".b64|.u64|.s64", INTEGER, in -> {
          PtxType type = in.expect(3, 3).type();
          boolean signed = type.signed();
          return Lanewise.ddr(in.destination(0, type), in.source(1, type), in.source(2, PtxType.B32), (d, a, b) -> {
            for (int l = 0; l < LANES; l++) {
              boolean far = (b[l] & -64) != 0;
              d[l] = signed ? a[l] >> (far ? 63 : b[l]) : far ? 0 : a[l] >>> b[l];
            }
          });
        }),
        row("shf", ".l|.r .wrap|.clamp .b32", INTEGER, in -> {
          boolean left = in.has(".l");
          boolean wrap = in.has(".wrap");
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              int n = wrap ? c[l] & 31 : Integer.compareUnsigned(c[l], 32) > 0 ? 32 : c[l];
              long both = (long) b[l] << 32 | a[l] & 0xffff_ffffL;
              d[l] = (int) (left ? both << n >>> 32 : both >>> n);
            }
          });
        }),
        row("lop3", ".b32", INTEGER, in -> {
          in.expect(5, 5);
          int table = in.immediate(4, 0, 255);
          return Lanewise.rrrr(
              in.destination(0, PtxType.B32), in.source(1, PtxType.B32), in.source(2, PtxType.B32),
              in.source(3, PtxType.B32),
              (d, a, b, c) -> {
                for (int l = 0; l < LANES; l++) {
                  d[l] = lop3(a[l], b[l], c[l], table);
                }
              });
        }),
        row("popc", ".b32", INTEGER, in -> in.rr(each(Integer::bitCount))),
        row("popc", ".b64", INTEGER, in -> count64(in, Long::bitCount)),
        row("clz", ".b32", INTEGER, in -> in.rr(each(Integer::numberOfLeadingZeros))),
        row("clz", ".b64", INTEGER, in -> count64(in, Long::numberOfLeadingZeros)),
        row("brev", ".b32", INTEGER, in -> in.rr(each(Integer::reverse))),
        row("brev", ".b64", INTEGER, in -> in.dd(eachLong(Long::reverse))),
        row("bfind", "[.shiftamt] .u32|.s32", INTEGER, in -> {
          boolean signed = in.type().signed();
          boolean amount = in.has(".shiftamt");
          return in.rr(each(a -> {
            int zeros = Integer.numberOfLeadingZeros(signed && a < 0 ? ~a : a);
            return zeros == 32 ? -1 : amount ? zeros : 31 - zeros;
          }));
        }),
        row("bfind", "[.shiftamt] .u64|.s64", INTEGER, in -> {
          boolean signed = in.type().signed();
          boolean amount = in.has(".shiftamt");
          return count64(in, a -> {
            int zeros = Long.numberOfLeadingZeros(signed && a < 0 ? ~a : a);
            return zeros == 64 ? -1 : amount ? zeros : 63 - zeros;
          });
        }),
        row("bfe", ".u32|.s32", INTEGER, in -> {
          boolean signed = in.type().signed();
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = (int) field(signed ? a[l] : a[l] & 0xffff_ffffL, b[l] & 255, c[l] & 255, 32, signed);
            }
          });
        }),
        row("bfe", ".u64|.s64", INTEGER, in -> {
          PtxType type = in.expect(4, 4).type();
          boolean signed = type.signed();
          return Lanewise.ddrr(
              in.destination(0, type), in.source(1, type), in.source(2, PtxType.B32), in.source(3, PtxType.B32),
              (d, a, b, c) -> {
                for (int l = 0; l < LANES; l++) {
                  d[l] = field(a[l], b[l] & 255, c[l] & 255, 64, signed);
                }
              });
        }),
        row("bfi", ".b32", INTEGER, in -> insert(in, PtxType.B32)),
        row("bfi", ".b64", INTEGER, in -> insert(in, PtxType.B64)),
        row("prmt", ".b32 [.f4e|.b4e|.rc8|.ecl|.ecr|.rc16]", INTEGER, in -> {
          String mode = in.choice(".f4e", ".b4e", ".rc8", ".ecl", ".ecr", ".rc16");
          return in.rrrr((d, a, b, c) -> {
            for (int l = 0; l < LANES; l++) {
              d[l] = permute(a[l], b[l], mode.isEmpty() ? c[l] : selector(mode, c[l] & 3));
            }
          });
        }));
  }

  private interface OfLong {
    int count(long a);
  }

  private static Compute count64(Operands in, OfLong f) {
    in.expect(2, 2);
    return Lanewise.rd(in.destination(0, PtxType.B32), in.source(1, PtxType.B64), (d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = f.count(a[l]);
      }
    });
  }

  private interface OfMasks {
    int apply(int a, int b);
  }

  private static Compute predicates(Operands in, OfMasks f) {
    in.expect(3, 3);
    int d = in.predicateDestination(0, in.raw(0));
    int a = in.predicateSource(1);
    int b = in.predicateSource(2);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        w.p[d] = w.p[d] & ~lanes | f.apply(w.holds(a), w.holds(b)) & lanes;
      }
    };
  }

  private static Lanewise.RRR shiftRight(PtxType type) {
    if (type.bits() == 16) {
      return type.signed()
          ? each((a, b) -> (short) a >> ((b & -16) != 0 ? 15 : b) & 0xffff)
          : each((a, b) -> (b & -16) != 0 ? 0 : a >>> b);
    }
    if (type.signed()) {
      return (d, a, b) -> {
        for (int l = 0; l < LANES; l++) {
          d[l] = a[l] >> ((b[l] & -32) != 0 ? 31 : b[l]);
        }
      };
    }
    return (d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = (b[l] & -32) != 0 ? 0 : a[l] >>> b[l];
      }
    };
  }

  private static int lop3(int a, int b, int c, int table) {
    int result = 0;
    for (int i = 0; i < 8; i++) {
      if ((table >> i & 1) != 0) {
        result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
      }
    }
    return result;
  }

  /** A field of {@code length} bits from {@code from}; beyond the top, the sign's copies or zeros. */
  private static long field(long a, int from, int length, int bits, boolean signed) {
    if (length == 0) {
      return 0;
    }
    int top = Math.min(from + length - 1, bits - 1);
    long shifted = from >= bits ? 0 : a >>> from;
    long kept = from >= bits ? 0 : length >= 64 ? shifted : shifted & (1L << Math.min(length, bits - from)) - 1;
    boolean negative = signed && (a >>> top & 1) != 0;
    int filled = from >= bits ? 0 : Math.min(length, bits - from);
    return negative && filled < 64 ? kept | -1L << filled : kept;
  }

  private static Compute insert(Operands in, PtxType type) {
    in.expect(5, 5);
    int d = in.destination(0, type);
    int a = in.source(1, type);
    int b = in.source(2, type);
    int from = in.source(3, PtxType.B32);
    int length = in.source(4, PtxType.B32);
    boolean wide = type.bits() == 64;
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          int at = w.r[from][l] & 255;
          int n = w.r[length][l] & 255;
          long field = n == 0 || at >= type.bits() ? 0 : (n >= 64 ? -1L : (1L << n) - 1) << at;
          if (wide) {
            w.d[d][l] = w.d[b][l] & ~field | w.d[a][l] << at & field;
          } else {
            w.r[d][l] = w.r[b][l] & (int) ~field | w.r[a][l] << at & (int) field;
          }
        }
      }
    };
  }

  /** Bytes of b:a, chosen by four nibbles; a nibble's upper bit asks for the byte's sign instead. */
  private static int permute(int a, int b, int selector) {
    long both = (long) b << 32 | a & 0xffff_ffffL;
    int result = 0;
    for (int i = 0; i < 4; i++) {
      int nibble = selector >>> 4 * i & 15;
      int value = (int) (both >>> 8 * (nibble & 7)) & 255;
      if ((nibble & 8) != 0) {
        value = (value & 128) != 0 ? 255 : 0;
      }
      result |= value << 8 * i;
    }
    return result;
  }

  /** The nibbles that a mode of prmt stands for (PTX ISA, prmt). */
  private static int selector(String mode, int c) {
    return switch (mode) {
      case ".f4e" -> new int[] {0x3210, 0x4321, 0x5432, 0x6543}[c];
      case ".b4e" -> new int[] {0x5670, 0x6701, 0x7012, 0x0123}[c];
      case ".rc8" -> 0x1111 * c;
      case ".ecl" -> new int[] {0x3210, 0x3211, 0x3222, 0x3333}[c];
      case ".ecr" -> new int[] {0x0000, 0x1110, 0x2210, 0x3210}[c];
      default -> new int[] {0x1010, 0x3232, 0x1010, 0x3232}[c];
    };
  }
}
