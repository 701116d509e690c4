package crema.ptx.op;

import static crema.ptx.InstructionKind.COPY;
import static crema.ptx.op.Opcode.row;

import crema.ptx.FaultKind;
import crema.ptx.machine.Addresses;
import crema.ptx.machine.Allocation;
import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** cp.async: copies from global to shared memory that a lane begins, and later waits for. */
final class CopyOps {
  private static final String HINTS = " [.L2::64B|.L2::128B|.L2::256B]";

  private CopyOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("cp", ".async .ca|.cg .shared|.shared::cta .global" + HINTS, COPY, CopyOps::copy),
        row("cp", ".async .commit_group", COPY, in -> {
          in.expect(0, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.copies().commit(lanes);
            }
          };
        }),
        row("cp", ".async .wait_group", COPY, in -> {
          in.expect(1, 1);
          int pending = in.immediate(0, 0, Integer.MAX_VALUE);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.copies().await(lanes, pending);
            }
          };
        }),
        row("cp", ".async .wait_all", COPY, in -> {
          in.expect(0, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.copies().awaitAll(lanes);
            }
          };
        }),
        row("cp", ".async .mbarrier .arrive [.noinc] [.shared|.shared::cta] .b64", COPY, in -> {
          in.expect(1, 1);
          Address address = in.address(0);
          boolean counted = in.has(".noinc");
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              for (int m = lanes; m != 0; m &= m - 1) {
                int lane = Integer.numberOfTrailingZeros(m);
                var barrier = w.block().memoryBarrier(w, lane, BarrierOps.sharedAddress(address, w, lane));
                w.block().arriveWithCopies(w, lane, barrier, counted);
              }
            }
          };
        }));
  }

  /** {@code [to], [from], size [, bytes read, the rest being zeros]}. */
  private static Compute copy(Operands in) {
    in.expect(3, 4);
    Address to = in.address(0);
    Address from = in.address(1);
    int size = in.immediate(2, 4, 16);
    if (Integer.bitCount(size) != 1 || in.has(".cg") && size != 16) {
      throw in.error(in.opcode() + (in.has(".cg") ? " copies 16 bytes" : " copies 4, 8 or 16 bytes"));
    }
    int count = in.count() == 4 && !in.isPredicate(3) ? in.source(3, PtxType.B32) : -1;
    int ignore = in.count() == 4 && in.isPredicate(3) ? in.predicateSource(3) : 0;
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int ignored = ignore == 0 ? 0 : w.holds(ignore);
        int[] target = new int[Warp.LANES];
        byte[] bytes = new byte[Warp.LANES * size];
        int reading = read(w, lanes, ignored, bytes);
        if (reading != 0) {
          from.all(w, reading, w.addresses);
          w.block().tally().global(w.addresses, size, reading);
        }
        to.all(w, lanes, w.addresses);
        w.block().tally().shared(w.addresses, size, lanes);
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          w.block().shared().check(w, lane, w.addresses[lane], size, size);
          target[lane] = (int) w.addresses[lane];
          w.block().shared().begin(w, lane, target[lane], size, false);
        }
        w.copies().begin(lanes, target, bytes, size);
      }

      // Reads what lanes copy; gives those that read anything.
      private int read(Warp w, int lanes, int ignored, byte[] bytes) {
        int reading = 0;
        for (int m = lanes & ~ignored; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int n = count < 0 ? size : w.r[count][lane];
          if (n < 0 || n > size) {
            throw w.fault(FaultKind.BAD_OPERAND, lane, "a copy of " + size + " bytes that reads " + n);
          }
          if (n > 0) {
            long at = from.at(w, lane);
            var memory = w.block().global();
            Allocation allocation = memory.locate(w, lane, at, size, false);
            int offset = (int) Addresses.offset(at);
            memory.read(w, lane, allocation, offset, n, n);
            w.block().tally().traffic(allocation, n, false);
            System.arraycopy(allocation.contents(), offset, bytes, lane * size, n);
            reading |= 1 << lane;
          }
        }
        return reading;
      }
    };
  }
}
