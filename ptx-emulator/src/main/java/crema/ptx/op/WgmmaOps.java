package crema.ptx.op;

import static crema.ptx.InstructionKind.MATRIX;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Await;
import crema.ptx.machine.SharedMemory;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tensor cores of a warpgroup: d[64, n] (+)= a[64, k] · b[k, n], of which each of the four warps computes its 16 rows.
 * The product is computed when the instruction is issued; {@link crema.ptx.machine.WgmmaTracker} and the shadow of
 * shared memory see to it that nothing else happens to its operands until the warpgroup has waited.
 */
final class WgmmaOps {
  private static final String SIZES =
      IntStream.rangeClosed(1, 32).mapToObj(i -> ".m64n" + i * 8 + "kK").collect(Collectors.joining("|"));

  private WgmmaOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("wgmma", ".fence .sync .aligned", MATRIX, in -> {
          in.expect(0, 0);
          return new Step() {
            @Override
            void execute(Warp w) {
              w.wgmma().fence();
            }
          };
        }),
        row("wgmma", ".commit_group .sync .aligned", MATRIX, in -> {
          in.expect(0, 0);
          return new Step() {
            @Override
            void execute(Warp w) {
              w.wgmma().commit();
            }
          };
        }),
        row("wgmma", ".wait_group .sync .aligned", MATRIX, in -> {
          in.expect(1, 1);
          int pending = in.immediate(0, 0, 7);
          return new Await() {
            @Override
            public boolean ready(Warp w) {
              return w.wgmma().complete(pending);
            }

            @Override
            public void execute(Warp w) {
              w.wgmma().await(pending);
            }
          };
        }),
        row("wgmma", ".mma_async .sync .aligned " + SIZES.replace("K", "16") + " .f32 .bf16 .bf16", MATRIX,
            WgmmaOps::multiply),
        row("wgmma", ".mma_async .sync .aligned " + SIZES.replace("K", "16") + " .f32 .f16 .f16", MATRIX,
            WgmmaOps::multiply),
        row("wgmma", ".mma_async .sync .aligned " + SIZES.replace("K", "8") + " .f32 .tf32 .tf32", MATRIX,
            WgmmaOps::multiply));
  }

  /** One that touches no register. */
  private abstract static class Step extends WholeWarp {
    @Override
    public boolean usesRegistersLater() {
      return true;
    }
  }

  private static WholeWarp multiply(Operands in) {
    MatrixType type = MatrixType.of(in.type());
    int k = 32 / type.bytes();
    String shape = in.modifierLike("\\.m64n[0-9]+k[0-9]+");
    int n = shape == null ? 8 : Integer.parseInt(shape.substring(5, shape.indexOf('k')));
    boolean registers = in.raw(1) instanceof Operand.Vector;
    boolean halves = type != MatrixType.TF32;
    in.expect(halves ? registers ? 7 : 8 : 6, halves ? registers ? 7 : 8 : 6);
    int[] d = in.destinations(0, n / 2, PtxType.F32);
    in.sources(0, n / 2, PtxType.F32);
    int[] a = registers ? in.sources(1, 4, PtxType.B32) : new int[0];
    int aDescriptor = registers ? -1 : in.source(1, PtxType.B64);
    int bDescriptor = in.source(2, PtxType.B64);
    int scale = in.isPredicate(3) ? in.predicateSource(3) : 0;
    boolean clear = scale == 0 && in.immediate(3, 0, 1) == 0;
    float sign = sign(in, 4) * sign(in, 5);
    boolean transposeA = halves && !registers && in.immediate(6, 0, 1) == 1;
    boolean transposeB = halves && in.immediate(registers ? 6 : 7, 0, 1) == 1;
    return new WholeWarp() {
      @Override
      void execute(Warp w) {
        w.wgmma().begin(d, a);
        float[] first = w.tileA;
        if (registers) {
          type.loadA(w.r, a, first, k);
        } else {
          loadA(w, MatrixDescriptor.of(w, w.d[aDescriptor][0]), type, k, transposeA, first);
        }
        if (sign < 0) {
          for (int i = 0; i < first.length; i++) {
            first[i] = -first[i];
          }
        }
        boolean zero = scale == 0 ? clear : (w.holds(scale) & 1) == 0;
        MatrixDescriptor b = MatrixDescriptor.of(w, w.d[bDescriptor][0]);
        float[] second = w.tileB;
        float[] sum = w.tileC;
        for (int j = 0; j < n / 8; j++) {
          loadB(w, b, type, k, j * 8, transposeB, second);
          int[] c0 = w.r[d[j * 4]];
          int[] c1 = w.r[d[j * 4 + 1]];
          int[] c2 = w.r[d[j * 4 + 2]];
          int[] c3 = w.r[d[j * 4 + 3]];
          if (zero) {
            Arrays.fill(sum, 0);
          } else {
            TensorCore.loadAccumulator(c0, c1, c2, c3, sum);
          }
          TensorCore.multiply(first, second, sum, 16, k);
          TensorCore.storeAccumulator(sum, c0, c1, c2, c3);
        }
      }

      @Override
      public long matrixFlops() {
        return 2L * 16 * n * k;
      }

      @Override
      public boolean usesRegistersLater() {
        return true;
      }
    };
  }

  private static float sign(Operands in, int i) {
    int scale = in.immediate(i, -1, 1);
    if (scale == 0) {
      throw in.error("the scale of a factor is 1 or -1");
    }
    return scale;
  }

  /** This warp's 16 rows of the first factor. */
  private static void loadA(Warp w, MatrixDescriptor at, MatrixType type, int k, boolean transposed, float[] to) {
    int row0 = (w.index() & 3) * 16;
    byte[] bytes = w.block().shared().bytes();
    if (transposed) {
      for (int m = 0; m < 16; m += 8) {
        for (int i = 0; i < k; i++) {
          type.loadChunk(bytes, chunk(w, at.alongM((row0 + m) * 2, i)), to, m * k + i, k);
        }
      }
      return;
    }
    int perChunk = 16 / type.bytes();
    for (int m = 0; m < 16; m++) {
      for (int i = 0; i < k; i += perChunk) {
        type.loadChunk(bytes, chunk(w, at.alongK(row0 + m, i * type.bytes())), to, m * k + i, 1);
      }
    }
  }

  /** Eight columns of the second factor. */
  private static void loadB(Warp w, MatrixDescriptor at, MatrixType type, int k, int n0, boolean transposed,
      float[] to) {
    byte[] bytes = w.block().shared().bytes();
    if (transposed) {
      for (int i = 0; i < k; i++) {
        type.loadChunk(bytes, chunk(w, at.alongM(n0 * 2, i)), to, i * TensorCore.COLUMNS, 1);
      }
      return;
    }
    int perChunk = 16 / type.bytes();
    for (int n = 0; n < TensorCore.COLUMNS; n++) {
      for (int i = 0; i < k; i += perChunk) {
        type.loadChunk(bytes, chunk(w, at.alongK(n0 + n, i * type.bytes())), to, i * TensorCore.COLUMNS + n,
            TensorCore.COLUMNS);
      }
    }
  }

  /** Announces a read of 16 bytes. */
  private static int chunk(Warp w, int address) {
    SharedMemory memory = w.block().shared();
    memory.check(w, 0, address, 16, 16);
    memory.readByWgmma(w, 0, address, 16);
    return address;
  }
}
