package crema.ptx.op;

import static crema.ptx.InstructionKind.SYNCHRONISATION;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Action;
import crema.ptx.machine.Addresses;
import crema.ptx.machine.Await;
import crema.ptx.machine.BarrierArrival;
import crema.ptx.machine.BarrierArrival.Reduction;
import crema.ptx.machine.Compute;
import crema.ptx.machine.MemoryBarrier;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.util.List;

/** Barriers of a block, memory barriers, and fences. */
final class BarrierOps {
  private static final String SHARED = " [.shared|.shared::cta]";
  private static final String ORDER = " [.release|.relaxed] [.cta|.cluster]";
  private static final String WAIT_ORDER = " [.acquire|.relaxed] [.cta|.cluster]";

  private BarrierOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("bar", "[.cta] .sync", SYNCHRONISATION, in -> arrive(in.expect(1, 2), true)),
        row("bar", "[.cta] .arrive", SYNCHRONISATION, in -> arrive(in.expect(2, 2), false)),
        row("bar", "[.cta] .red .popc .u32", SYNCHRONISATION, BarrierOps::reduce),
        row("bar", "[.cta] .red .and|.or .pred", SYNCHRONISATION, BarrierOps::reduce),
        row("barrier", "[.cta] .sync [.aligned]", SYNCHRONISATION, in -> arrive(in.expect(1, 2), true)),
        row("barrier", "[.cta] .arrive [.aligned]", SYNCHRONISATION, in -> arrive(in.expect(2, 2), false)),
        row("barrier", "[.cta] .red .popc [.aligned] .u32", SYNCHRONISATION, BarrierOps::reduce),
        row("barrier", "[.cta] .red .and|.or [.aligned] .pred", SYNCHRONISATION, BarrierOps::reduce),
        row("barrier", ".cluster .arrive [.release] [.aligned]", SYNCHRONISATION, in -> {
          in.expect(0, 0);
          return new WholeWarp() {
            @Override
            void execute(Warp w) {
              w.arriveAtCluster();
            }
          };
        }),
        row("barrier", ".cluster .wait [.acquire] [.aligned]", SYNCHRONISATION, in -> {
          in.expect(0, 0);
          return new Await() {
            @Override
            public boolean ready(Warp w) {
              return w.clusterHasArrived();
            }

            @Override
            public void execute(Warp w) {
              w.leaveCluster();
            }
          };
        }),
        row("membar", ".cta|.gl|.sys", SYNCHRONISATION, in -> fence(in, false)),
        row("fence", "[.sc|.acq_rel|.acquire|.release] .cta|.cluster|.gpu|.sys", SYNCHRONISATION,
            in -> fence(in, false)),
        row("fence", ".mbarrier_init .release .cluster", SYNCHRONISATION, in -> fence(in, true)),
        row("fence", ".proxy .async [.shared::cta|.shared::cluster]", SYNCHRONISATION, in -> fence(in, true)),
        row("fence", ".proxy .async .global", SYNCHRONISATION, in -> fence(in, false)),
        row("mbarrier", ".init" + SHARED + " .b64", SYNCHRONISATION, in -> {
          in.expect(2, 2);
          int count = in.source(1, PtxType.U32);
          return each(in.address(0), (w, lane, at) -> w.block().initBarrier(w, lane, at, w.r[count][lane]));
        }),
        row("mbarrier", ".inval" + SHARED + " .b64", SYNCHRONISATION,
            in -> each(in.expect(1, 1).address(0), (w, lane, at) -> w.block().invalidateBarrier(w, lane, at))),
        row("mbarrier", ".arrive" + ORDER + SHARED + " .b64", SYNCHRONISATION, in -> arriveAtMemory(in, false, false)),
        row("mbarrier", ".arrive_drop" + ORDER + SHARED + " .b64", SYNCHRONISATION,
            in -> arriveAtMemory(in, true, false)),
        row("mbarrier", ".arrive .expect_tx" + ORDER + SHARED + " .b64", SYNCHRONISATION,
            in -> arriveAtMemory(in, false, true)),
        row("mbarrier", ".arrive_drop .expect_tx" + ORDER + SHARED + " .b64", SYNCHRONISATION,
            in -> arriveAtMemory(in, true, true)),
        row("mbarrier", ".expect_tx [.relaxed] [.cta|.cluster]" + SHARED + " .b64", SYNCHRONISATION, in -> {
          in.expect(2, 2);
          int bytes = in.source(1, PtxType.U32);
          return each(in.address(0), (w, lane, at) -> {
            MemoryBarrier barrier = w.block().memoryBarrier(w, lane, at);
            w.block().expect(w, lane, barrier, w.r[bytes][lane]);
          });
        }),
        row("mbarrier", ".test_wait|.try_wait [.parity]" + WAIT_ORDER + SHARED + " .b64", SYNCHRONISATION,
            BarrierOps::test));
  }

  /** A shared address, given as such or as a generic one. */
  static int sharedAddress(Address address, Warp w, int lane) {
    long at = address.at(w, lane);
    return (int) (Addresses.range(at) == Addresses.SHARED ? Addresses.offset(at) : Math.min(at, Integer.MAX_VALUE));
  }

  private static Action arrive(Operands in, boolean waits) {
    int barrier = in.source(0, PtxType.U32);
    int count = in.count() > 1 ? in.source(1, PtxType.U32) : -1;
    return new BarrierArrival(barrier, count, waits, Reduction.NONE, -1, false, -1);
  }

  /** {@code d, barrier [, count], predicate}. */
  private static Action reduce(Operands in) {
    in.expect(3, 4);
    Reduction reduction = in.has(".popc") ? Reduction.POPC : in.has(".and") ? Reduction.AND : Reduction.OR;
    int d = reduction == Reduction.POPC ? in.destination(0, PtxType.U32) : in.predicateDestination(0, in.raw(0));
    int barrier = in.source(1, PtxType.U32);
    int count = in.count() == 4 ? in.source(2, PtxType.U32) : -1;
    int p = in.predicateSource(in.count() - 1);
    return new BarrierArrival(barrier, count, true, reduction, Math.abs(p) - 1, p < 0, d);
  }

  private static Compute fence(Operands in, boolean proxy) {
    in.expect(0, 0);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        if (proxy) {
          w.fenceProxy();
        }
      }
    };
  }

  private interface OfBarrier {
    void apply(Warp w, int lane, int at);
  }

  private static Compute each(Address address, OfBarrier f) {
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          f.apply(w, lane, sharedAddress(address, w, lane));
        }
      }
    };
  }

  /** {@code state | _, [address] [, count or bytes]}; the state that it gives is the number of the phase. */
  private static Compute arriveAtMemory(Operands in, boolean drop, boolean expects) {
    in.expect(expects ? 3 : 2, 3);
    boolean wanted = !(in.raw(0) instanceof Operand.Sink);
    int d = wanted ? in.destination(0, PtxType.B64) : -1;
    int number = in.count() == 3 ? in.source(2, PtxType.U32) : -1;
    return each(in.address(1), (w, lane, at) -> {
      MemoryBarrier barrier = w.block().memoryBarrier(w, lane, at);
      int n = number < 0 ? 1 : w.r[number][lane];
      long phase = w.block().arrive(w, lane, barrier, expects ? 1 : n, drop, expects ? n : 0);
      if (wanted) {
        w.d[d][lane] = phase;
      }
    });
  }

  /**
   * {@code p, [address], state or parity [, time]}. Time does not pass here: a wait that would be in vain ends the
   * warp's turn.
   */
  private static Compute test(Operands in) {
    boolean parity = in.has(".parity");
    in.expect(3, in.has(".try_wait") ? 4 : 3);
    int p = in.predicateDestination(0, in.raw(0));
    int phase = in.source(2, parity ? PtxType.U32 : PtxType.B64);
    Address address = in.address(1);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        int ended = 0;
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          MemoryBarrier barrier = w.block().memoryBarrier(w, lane, sharedAddress(address, w, lane));
          long wanted = parity ? phaseOf(barrier.phase(), w.r[phase][lane] & 1) : w.d[phase][lane];
          ended |= w.block().ended(w, barrier, wanted) ? 1 << lane : 0;
        }
        w.p[p] = w.p[p] & ~lanes | ended;
        if (ended != lanes) {
          w.yieldTurn();
        }
      }
    };
  }

  /** The phase that a parity means: the current one, or the one before. */
  private static long phaseOf(long current, int parity) {
    return (current & 1) == parity ? current : current - 1;
  }
}
