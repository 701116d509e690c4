package crema.ptx.op;

import static crema.ptx.InstructionKind.MATRIX;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Bytes;
import crema.ptx.machine.SharedMemory;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Tensor cores of a warp: mma, and the loads and stores of its fragments. */
final class MatrixOps {
  private MatrixOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("ldmatrix", ".sync .aligned .m8n8 .x1|.x2|.x4 [.trans] .shared|.shared::cta .b16", MATRIX, MatrixOps::load),
        row("stmatrix", ".sync .aligned .m8n8 .x1|.x2|.x4 [.trans] .shared|.shared::cta .b16", MATRIX,
            MatrixOps::store),
        row("mma", ".sync .aligned .m16n8k16|.m16n8k8 .row .col .f32 .bf16 .bf16 .f32", MATRIX, MatrixOps::multiply),
        row("mma", ".sync .aligned .m16n8k16|.m16n8k8 .row .col .f32 .f16 .f16 .f32", MATRIX, MatrixOps::multiply),
        row("mma", ".sync .aligned .m16n8k8|.m16n8k4 .row .col .f32 .tf32 .tf32 .f32", MATRIX, MatrixOps::multiply));
  }

  private static int matrices(Operands in) {
    return in.has(".x1") ? 1 : in.has(".x2") ? 2 : 4;
  }

  /** Rows of 16 bytes, whose addresses lanes 0 to 7 give for the first matrix, 8 to 15 for the second, and so on. */
  private static int givers(int matrices) {
    return matrices == 4 ? -1 : (1 << 8 * matrices) - 1;
  }

  private static WholeWarp load(Operands in) {
    in.expect(2, 2);
    int n = matrices(in);
    int[] to = in.destinations(0, n, PtxType.B32);
    Address address = in.address(1);
    boolean transposed = in.has(".trans");
    return new WholeWarp() {
      @Override
      void execute(Warp w) {
        SharedMemory memory = w.block().shared();
        long[] at = w.addresses;
        address.all(w, Warp.ALL, at);
        w.block().tally().shared(at, 16, givers(n));
        for (int lane = 0; lane < 8 * n; lane++) {
          memory.check(w, lane, at[lane], 16, 16);
          memory.read(w, lane, (int) at[lane], 16);
        }
        byte[] bytes = memory.bytes();
        for (int i = 0; i < n; i++) {
          int[] d = w.r[to[i]];
          for (int lane = 0; lane < Warp.LANES; lane++) {
            int pair = (lane & 3) * 2;
            int row = lane >> 2;
            d[lane] = transposed
                ? Bytes.getShort(bytes, (int) at[i * 8 + pair] + row * 2) & 0xffff
                    | Bytes.getShort(bytes, (int) at[i * 8 + pair + 1] + row * 2) << 16
                : Bytes.getInt(bytes, (int) at[i * 8 + row] + pair * 2);
          }
        }
      }
    };
  }

  private static WholeWarp store(Operands in) {
    in.expect(2, 2);
    int n = matrices(in);
    Address address = in.address(0);
    int[] from = in.sources(1, n, PtxType.B32);
    boolean transposed = in.has(".trans");
    return new WholeWarp() {
      @Override
      void execute(Warp w) {
        SharedMemory memory = w.block().shared();
        long[] at = w.addresses;
        address.all(w, Warp.ALL, at);
        w.block().progress();
        w.block().tally().shared(at, 16, givers(n));
        for (int lane = 0; lane < 8 * n; lane++) {
          memory.check(w, lane, at[lane], 16, 16);
          memory.write(w, lane, (int) at[lane], 16);
        }
        byte[] bytes = memory.bytes();
        for (int i = 0; i < n; i++) {
          int[] s = w.r[from[i]];
          for (int lane = 0; lane < Warp.LANES; lane++) {
            int pair = (lane & 3) * 2;
            int row = lane >> 2;
            if (transposed) {
              Bytes.putShort(bytes, (int) at[i * 8 + pair] + row * 2, (short) s[lane]);
              Bytes.putShort(bytes, (int) at[i * 8 + pair + 1] + row * 2, (short) (s[lane] >>> 16));
            } else {
              Bytes.putInt(bytes, (int) at[i * 8 + row] + pair * 2, s[lane]);
            }
          }
        }
      }
    };
  }

  private static WholeWarp multiply(Operands in) {
    in.expect(4, 4);
    MatrixType type = MatrixType.of(in.typeAt(1));
    int k = in.has(".m16n8k16") ? 16 : in.has(".m16n8k8") ? 8 : 4;
    int step = type.perRegister() * 4;
    int[] d = in.destinations(0, 4, PtxType.F32);
    int[] a = in.sources(1, 2 * k / step, PtxType.B32);
    int[] b = in.sources(2, k / step, PtxType.B32);
    int[] c = in.sources(3, 4, PtxType.F32);
    return new WholeWarp() {
      @Override
      void execute(Warp w) {
        float[] first = w.tileA;
        float[] second = w.tileB;
        float[] sum = w.tileC;
        type.loadA(w.r, a, first, k);
        type.loadB(w.r, b, second);
        TensorCore.loadAccumulator(w.r[c[0]], w.r[c[1]], w.r[c[2]], w.r[c[3]], sum);
        TensorCore.multiply(first, second, sum, 16, k);
        TensorCore.storeAccumulator(sum, w.r[d[0]], w.r[d[1]], w.r[d[2]], w.r[d[3]]);
      }

      @Override
      public long matrixFlops() {
        return 2L * 16 * TensorCore.COLUMNS * k;
      }
    };
  }
}
