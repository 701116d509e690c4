package crema.ptx.machine;

import crema.ptx.FaultKind;
import crema.ptx.PtxFault;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * 32 lanes. A register is an array with an entry a lane, so that an instruction is a loop over lanes; a constant or a
 * special register is a register that was filled before.
 *
 * <p>Lanes that branch apart become groups. The group with the least program counter runs first, and groups that meet
 * at an instruction become one: that is where nvcc's code comes together again. A group that reaches an instruction of
 * the whole warp waits for the lanes that it needs, and faults when they cannot come any more.
 */
public final class Warp {
  /** Lanes of a warp. */
  public static final int LANES = 32;

  /** All lanes take part. */
  public static final int ALL = -1;

  /** Registers of up to 32 bits: [register][lane]; of 16 bits, the upper half is zero. */
  public final int[][] r;

  /** Registers of 64 bits: [register][lane]. */
  public final long[][] d;

  /** Predicates, one bit a lane. */
  public final int[] p;

  /** The carry flag, one bit a lane. */
  public int carry;

  /** For instructions to use: a result before it is masked, addresses of lanes. */
  public final int[] scratch = new int[LANES];

  /** See {@link #scratch}. */
  public final long[] scratch64 = new long[LANES];

  /** See {@link #scratch}. */
  public final long[] addresses = new long[LANES];

  /** See {@link #scratch}. */
  public final int[] offsets = new int[LANES];

  /** A tile of each factor and of the sum, for the tensor cores. */
  public final float[] tileA = new float[256];

  /** See {@link #tileA}. */
  public final float[] tileB = new float[128];

  /** See {@link #tileA}. */
  public final float[] tileC = new float[128];

  final Block block;
  final int index;
  private final Program program;
  private final List<Program.Line> lines;
  private final Action[] code;
  private final int[] guards;
  private final long[] executed;
  private final boolean[] wgmmaOperandWritten;
  private final CopyQueue copies;
  private final BulkQueue.Stores stores;
  private final WgmmaTracker wgmma;
  private final LocalMemory local;
  private final VectorClock clock;
  private final LaneGroups groups = new LaneGroups();
  private State state = State.DONE;
  private @Nullable BarrierArrival barrier;
  private int barrierPc;
  private int pc;
  private int lanes;
  private int live;
  private boolean yields;
  private int clusterPhase;

  /** What a warp is doing. */
  enum State {
    /** It can run. */
    RUNNABLE,
    /** It waits at a barrier of the block. */
    AT_BARRIER,
    /** It waits for other warps to get somewhere. */
    AWAITING,
    /** All its lanes have ended. */
    DONE
  }

  /** Why a warp has stopped running. */
  enum Stop {
    /** Its share of instructions is used up. */
    QUANTUM,
    /** It found a memory barrier's phase unfinished, and would only look again. */
    YIELD,
    /** It waits, or has ended. */
    BLOCKED
  }

  Warp(Block block, int index, Program program) {
    this.block = block;
    this.index = index;
    this.program = program;
    lines = program.lines();
    code = program.code().actions();
    guards = program.code().guards();
    executed = block.tally().executed;
    wgmmaOperandWritten = program.code().wgmmaOperandWritten();
    r = new int[program.registers32()][LANES];
    d = new long[program.registers64()][LANES];
    p = new int[program.predicates()];
    copies = new CopyQueue(this);
    stores = new BulkQueue.Stores(this);
    wgmma = new WgmmaTracker(this, program.registers32(), program.asynchronous());
    local = new LocalMemory(program.localBytes());
    clock = new VectorClock(block.actors().count());
    for (Program.Constant constant : program.constants()) {
      if (constant.wide()) {
        Arrays.fill(d[constant.register()], constant.bits());
      } else {
        Arrays.fill(r[constant.register()], (int) constant.bits());
      }
    }
  }

  /** Starts the warp in its block, whose index has changed; {@code threads} of its lanes exist. */
  void start(int threads) {
    pc = 0;
    lanes = threads >= LANES ? ALL : (1 << threads) - 1;
    live = lanes;
    groups.clear();
    state = State.RUNNABLE;
    barrier = null;
    yields = false;
    clusterPhase = -1;
    copies.clear();
    stores.clear();
    wgmma.clear();
    local.clear();
    clock.clear();
    clock.known[index] = 1;
    for (Program.Special special : program.specials()) {
      int[] x = r[special.register()];
      for (int lane = 0; lane < LANES; lane++) {
        x[lane] = special.source().value(this, lane);
      }
    }
  }

  /** Runs at most so many instructions. */
  Stop run(int quantum) {
    if (state == State.AWAITING) {
      Await await = (Await) code[pc];
      if (!await.ready(this)) {
        return Stop.BLOCKED;
      }
      await.execute(this);
      pc++;
      state = State.RUNNABLE;
      block.progress();
    }
    int n = 0;
    try {
      while (n < quantum) {
        if (pc >= groups.least() || groups.waiting() != 0) {
          meet();
        }
        int at = pc;
        int m = lanes;
        int guard = guards[at];
        if (guard != 0) {
          m &= guard > 0 ? p[guard - 1] : ~p[-guard - 1];
        }
        n++;
        executed[at]++;
        Action action = code[at];
        if (wgmmaOperandWritten[at]) {
          wgmma.operandWritten();
        }
        if (wgmma.busy() && !action.usesRegistersLater()) {
          wgmma.check(lines.get(at));
        }
        if (action instanceof Compute compute) {
          if (m != 0) {
            compute.execute(this, m);
          }
          pc = at + 1;
          if (yields) {
            yields = false;
            return Stop.YIELD;
          }
          continue;
        }
        switch (action) {
          case Branch branch -> branch(branch.target, m);
          case Collective collective -> collective(collective, m);
          case Exit exit -> {
            if (!exit(m)) {
              return Stop.BLOCKED;
            }
          }
          case BarrierArrival arrival -> {
            if (m == 0) {
              pc = at + 1;
            } else if (comeTogether(m, live)) {
              arrive(arrival, m);
              if (state != State.RUNNABLE) {
                return Stop.BLOCKED;
              }
            }
          }
          case Await await -> {
            if (m == 0) {
              pc = at + 1;
            } else if (comeTogether(m, live)) {
              if (!await.ready(this)) {
                state = State.AWAITING;
                return Stop.BLOCKED;
              }
              await.execute(this);
              pc = at + 1;
            }
          }
          case IndexedBranch branch -> indexedBranch(branch, m);
          case Compute compute -> throw new AssertionError("handled above");
        }
      }
    } finally {
      block.count(n);
    }
    return Stop.QUANTUM;
  }

  private void branch(int target, int m) {
    if (m == lanes) {
      pc = target;
    } else if (m == 0) {
      pc++;
    } else {
      groups.add(target, m, false);
      lanes &= ~m;
      pc++;
    }
  }

  private void indexedBranch(IndexedBranch branch, int m) {
    int here = pc;
    if ((lanes & ~m) != 0) {
      groups.add(here + 1, lanes & ~m, false);
    }
    for (int rest = m; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      int choice = r[branch.index][lane];
      if (choice < 0 || choice >= branch.targets.length) {
        throw fault(FaultKind.BAD_OPERAND, lane, "branch " + choice + " of " + branch.targets.length);
      }
      groups.add(branch.targets[choice], 1 << lane, false);
    }
    lanes = 0;
    next();
  }

  private void collective(Collective collective, int m) {
    if (m == 0) {
      pc++;
      return;
    }
    int here = pc;
    if (comeTogether(m, collective.members(this, m))) {
      collective.execute(this, m);
      pc = here + 1;
    }
  }

  /**
   * Whether the lanes {@code m}, which are at this instruction, are all that it needs; else they wait for the others,
   * and another group runs.
   */
  private boolean comeTogether(int m, int members) {
    if ((members & live & ~m) == 0) {
      return true;
    }
    if ((lanes & ~m) != 0) {
      groups.add(pc + 1, lanes & ~m, false);
    }
    groups.add(pc, m, true);
    lanes = 0;
    next();
    return false;
  }

  /** Ends lanes; false if none are left. */
  private boolean exit(int m) {
    stores.checkDone(m);
    live &= ~m;
    lanes &= ~m;
    if (live == 0) {
      state = State.DONE;
      block.warpDone(this);
      return false;
    }
    if (lanes != 0) {
      pc++;
    } else {
      next();
    }
    return true;
  }

  private void arrive(BarrierArrival action, int m) {
    int first = Integer.numberOfTrailingZeros(m);
    int number = r[action.barrier][first];
    int threads = action.count < 0 ? -1 : r[action.count][first];
    if (number < 0 || number >= Block.BARRIERS) {
      throw fault(FaultKind.BARRIER_MISUSE, first, "barrier " + number + ", of " + Block.BARRIERS);
    }
    int holds = action.predicate < 0 ? 0 : (action.negated ? ~p[action.predicate] : p[action.predicate]) & m;
    barrierPc = pc;
    block.barrier(number).arrive(this, action, threads, m, holds);
    if (state == State.RUNNABLE && barrierPc == pc) {
      pc++;
    }
  }

  void waitAtBarrier(BarrierArrival action) {
    barrier = action;
    state = State.AT_BARRIER;
  }

  void leaveBarrier(int count, boolean all, boolean any) {
    BarrierArrival action = barrier;
    if (action != null) {
      switch (action.reduction) {
        case NONE -> {}
        case POPC -> Arrays.fill(r[action.destination], count);
        case AND -> p[action.destination] = all ? -1 : 0;
        case OR -> p[action.destination] = any ? -1 : 0;
      }
    }
    barrier = null;
    state = State.RUNNABLE;
    pc = barrierPc + 1;
  }

  /**
   * Where groups meet: those at the same instruction become one, and the one with the least program counter goes on.
   */
  private void meet() {
    if (pc > groups.least()) {
      groups.add(pc, lanes, false);
      lanes = 0;
      next();
    } else {
      lanes |= groups.takeAt(pc);
    }
  }

  /** Chooses a group when none runs. */
  private void next() {
    if (groups.least() == Integer.MAX_VALUE) {
      wake();
    }
    pc = groups.least();
    lanes = groups.takeAt(pc);
  }

  /** All groups wait for lanes: lets one go on whose lanes have all come or ended, or faults. */
  private void wake() {
    int together = 0;
    for (int i = 0; i < groups.count(); i++) {
      if (code[groups.pc(i)] instanceof Collective c && c.anywhere()) {
        together |= groups.lanes(i);
      }
    }
    for (int i = 0; i < groups.count(); i++) {
      int come = groups.lanes(i);
      Action action = code[groups.pc(i)];
      pc = groups.pc(i);
      int needed = live & (action instanceof Collective c ? c.members(this, come) : ALL);
      boolean anywhere = action instanceof Collective c && c.anywhere();
      if ((needed & ~(anywhere ? together : come)) == 0) {
        int at = groups.pc(i);
        int taken = groups.takeAt(at);
        groups.add(anywhere ? at + 1 : at, taken, false);
        if (anywhere) {
          releaseOthers();
        }
        return;
      }
    }
    throw divergence();
  }

  /** The other groups that wait at a barrier of the warp, at other instructions, go on too. */
  private void releaseOthers() {
    for (int i = 0; i < groups.count(); i++) {
      if (groups.waits(i) && code[groups.pc(i)] instanceof Collective c && c.anywhere()) {
        int at = groups.pc(i);
        groups.add(at + 1, groups.takeAt(at), false);
        i = -1;
      }
    }
  }

  private PtxFault divergence() {
    pc = groups.pc(0);
    int come = groups.lanes(0);
    var others = new StringBuilder();
    for (int i = 1; i < groups.count(); i++) {
      others.append(i == 1 ? " while " : ", ").append(describeLanes(groups.lanes(i))).append(" wait at ")
          .append(place(groups.pc(i)));
    }
    String missing = others.isEmpty() ? ", though it needs lanes that went past it" : others.toString();
    return fault(FaultKind.DIVERGENCE, Integer.numberOfTrailingZeros(come),
        describeLanes(come) + " are here" + missing);
  }

  private static String describeLanes(int lanes) {
    return "lanes 0x" + Integer.toHexString(lanes);
  }

  /** Takes lanes of {@link #scratch} into a register. */
  public void keep(int register, int which) {
    int[] to = r[register];
    if (which == ALL) {
      System.arraycopy(scratch, 0, to, 0, LANES);
      return;
    }
    for (int m = which; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      to[lane] = scratch[lane];
    }
  }

  /** Takes lanes of {@link #scratch64} into a register. */
  public void keep64(int register, int which) {
    long[] to = d[register];
    for (int m = which; m != 0; m &= m - 1) {
      int lane = Integer.numberOfTrailingZeros(m);
      to[lane] = scratch64[lane];
    }
  }

  /** The lanes in which a guard holds, as {@link Program.Line#guard} encodes it. */
  public int holds(int guard) {
    return guard > 0 ? p[guard - 1] : ~p[-guard - 1];
  }

  /** Ends this turn after the instruction: it found a memory barrier's phase unfinished. */
  public void yieldTurn() {
    yields = true;
  }

  State state() {
    return state;
  }

  /** Lanes that have not ended. */
  public int live() {
    return live;
  }

  /** Its number in the block. */
  public int index() {
    return index;
  }

  /** Its block. */
  public Block block() {
    return block;
  }

  /** Its cp.async. */
  public CopyQueue copies() {
    return copies;
  }

  /** Its bulk stores. */
  public BulkQueue.Stores stores() {
    return stores;
  }

  /** Its wgmma. */
  public WgmmaTracker wgmma() {
    return wgmma;
  }

  /** Its threads' local memory. */
  public LocalMemory local() {
    return local;
  }

  VectorClock clock() {
    return clock;
  }

  /** Its own time. */
  int time() {
    return clock.known[index];
  }

  /** Its time goes on: what it does from now on, others do not yet know. */
  void tick() {
    clock.known[index]++;
  }

  /** {@code fence.proxy.async}: TMA and wgmma see the stores that this warp knows of. */
  public void fenceProxy() {
    clock.fence();
    tick();
  }

  /** {@code barrier.cluster.arrive}. */
  public void arriveAtCluster() {
    if (clusterPhase >= 0) {
      throw fault(FaultKind.BARRIER_MISUSE, 0, "arrives at the barrier of the cluster twice without waiting");
    }
    clusterPhase = block.cluster().arrive(this);
    block.progress();
  }

  /** Whether all of the cluster have arrived where this warp has. */
  public boolean clusterHasArrived() {
    if (clusterPhase < 0) {
      throw fault(FaultKind.BARRIER_MISUSE, 0, "waits at the barrier of the cluster without having arrived");
    }
    return block.cluster().phase() > clusterPhase;
  }

  /** {@code barrier.cluster.wait}, after all have arrived. */
  public void leaveCluster() {
    clusterPhase = -1;
    block.cluster().leave(this);
  }

  int epoch() {
    return time() << 5 | index;
  }

  static int warpOf(int epoch) {
    return epoch & 31;
  }

  static int timeOf(int epoch) {
    return epoch >>> 5;
  }

  int pc() {
    return pc;
  }

  /** Where an instruction is, for messages. */
  String place(int at) {
    return lines.get(at).position().toString();
  }

  /** A fault of a lane at the current instruction. */
  public PtxFault fault(FaultKind kind, int lane, String what) {
    Program.Line line = lines.get(Math.min(pc, lines.size() - 1));
    var threads = block.launch().block();
    return new PtxFault(
        kind, program.name(), block.id(), threads.at((long) index * LANES + lane), line.position(), line.text(), what);
  }
}
