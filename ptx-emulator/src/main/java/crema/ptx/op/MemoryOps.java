package crema.ptx.op;

import static crema.ptx.InstructionKind.MEMORY;
import static crema.ptx.op.Opcode.row;

import crema.ptx.FaultKind;
import crema.ptx.machine.Addresses;
import crema.ptx.machine.Allocation;
import crema.ptx.machine.Block;
import crema.ptx.machine.Bytes;
import crema.ptx.machine.Cluster;
import crema.ptx.machine.Compute;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import crema.ptx.syntax.StateSpace;
import java.util.Arrays;
import java.util.List;

/** Loads and stores in all spaces. Hints about caches are accepted and mean nothing. */
final class MemoryOps {
  private static final String ORDER = "[.weak|.volatile|.relaxed|.acquire|.release] [.cta|.cluster|.gpu|.sys] ";
  private static final String STORE_SPACE = "[.global|.const|.shared|.shared::cta|.local|.param|.param::entry] ";
  /** Of other blocks of a cluster, memory is only read. */
  private static final String LOAD_SPACE = STORE_SPACE.replace("[", "[.shared::cluster|");
  private static final String CACHE = "[.ca|.cg|.cs|.lu|.cv|.wb|.wt] [.nc] "
      + "[.L1::evict_normal|.L1::evict_unchanged|.L1::evict_first|.L1::evict_last|.L1::no_allocate] "
      + "[.L2::64B|.L2::128B|.L2::256B] ";
  private static final String TYPE =
      "[.v2|.v4] .b8|.u8|.s8|.b16|.u16|.s16|.f16|.bf16|.b32|.u32|.s32|.f32|.b64|.u64|.s64|.f64";

  private MemoryOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("ld", ORDER + LOAD_SPACE + CACHE + TYPE, MEMORY, MemoryOps::load),
        row("mapa", ".shared::cluster .u32", MEMORY, MemoryOps::map),
        row("ldu", "[.global] " + TYPE, MEMORY, MemoryOps::load),
        row("st", ORDER + STORE_SPACE + CACHE + TYPE, MEMORY, MemoryOps::store),
        row("prefetch", "[.global|.local] .L1|.L2|.L2::evict_last|.L2::evict_normal", MEMORY, MemoryOps::nothing),
        row("prefetch", "[.param|.const] .tensormap", MEMORY, MemoryOps::nothing),
        row("prefetchu", ".L1", MEMORY, MemoryOps::nothing));
  }

  private static Compute nothing(Operands in) {
    in.expect(1, 1).address(0);
    return new Compute() {
      @Override
      public void execute(Warp warp, int lanes) {}
    };
  }

  /** {@code d, address, rank}: where the cluster finds a byte of the shared memory of one of its blocks. */
  private static Compute map(Operands in) {
    in.expect(3, 3);
    int d = in.destination(0, PtxType.U32);
    int address = in.source(1, PtxType.U32);
    int rank = in.source(2, PtxType.U32);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          w.r[d][lane] = w.block().cluster().map(w, lane, w.r[address][lane], w.r[rank][lane]);
        }
      }
    };
  }

  private static int vector(Operands in) {
    return in.has(".v2") ? 2 : in.has(".v4") ? 4 : 1;
  }

  private static Compute load(Operands in) {
    in.expect(2, 2);
    PtxType type = in.type();
    int n = vector(in);
    Address address = in.address(1);
    boolean wide = in.bits(in.vector(0, n).getFirst(), type.bits()) == 64;
    int[] to = new int[n];
    for (int i = 0; i < n; i++) {
      to[i] = in.destination(0, in.vector(0, n).get(i), type, true);
    }
    if (in.space() == StateSpace.PARAM && address.space() == StateSpace.PARAM) {
      return new ParameterLoad((int) in.parameterOffset(1), type, wide, narrow(in, n), to);
    }
    return new Load(new Access(in.space(), address, type.bytes() * n, ordered(in),
        in.has(".shared::cluster")), type, wide, narrow(in, n), to);
  }

  /** Whether the destination has 16 bits, of which a signed byte fills the upper half too. */
  private static boolean narrow(Operands in, int n) {
    return in.bits(in.vector(0, n).getFirst(), 32) == 16;
  }

  private static Compute store(Operands in) {
    in.expect(2, 2);
    PtxType type = in.type();
    int n = vector(in);
    Address address = in.address(0);
    boolean wide = in.bits(in.vector(1, n).getFirst(), type.bits()) == 64;
    int[] from = new int[n];
    for (int i = 0; i < n; i++) {
      from[i] = in.source(1, in.vector(1, n).get(i), type, true);
    }
    return new Store(new Access(in.space(), address, type.bytes() * n, ordered(in),
        in.has(".shared::cluster")), type, wide, from);
  }

  private static boolean ordered(Operands in) {
    return !in.choice(".volatile", ".relaxed", ".acquire", ".release").isEmpty();
  }

  /**
   * An access of {@code bytes} a lane: finds and checks what each lane's address means.
   *
   * @param ordered whether it is ordered like an atomic, and so no conflict with other blocks
   * @param inCluster whether shared memory is that of all blocks of the cluster
   */
  record Access(StateSpace space, Address address, int bytes, boolean ordered, boolean inCluster) {
    /** Moves the bytes of lanes that lie in one memory, at an offset a lane. */
    interface Visitor {
      void visit(int lanes, byte[] memory, int[] offsets);
    }

    void each(Warp w, int lanes, boolean store, Visitor visitor) {
      long[] at = w.addresses;
      address.all(w, lanes, at);
      switch (space) {
        case GLOBAL, CONST -> global(w, lanes, at, store, visitor);
        case SHARED -> shared(w, lanes, at, 0, store, visitor);
        case LOCAL -> local(w, lanes, at, 0, store, visitor);
        case PARAM -> parameter(w, lanes, at, 0, store, visitor);
        case GENERIC -> generic(w, lanes, at, store, visitor);
      }
    }

    private void generic(Warp w, int lanes, long[] at, boolean store, Visitor visitor) {
      int shared = lanesIn(at, lanes, Addresses.SHARED);
      int local = lanesIn(at, lanes, Addresses.LOCAL);
      int param = lanesIn(at, lanes, Addresses.PARAM);
      int global = lanes & ~(shared | local | param);
      if (global != 0) {
        global(w, global, at, store, visitor);
      }
      if (shared != 0) {
        shared(w, shared, at, Addresses.SHARED, store, visitor);
      }
      if (local != 0) {
        local(w, local, at, Addresses.LOCAL, store, visitor);
      }
      if (param != 0) {
        parameter(w, param, at, Addresses.PARAM, store, visitor);
      }
    }

    private static int lanesIn(long[] at, int lanes, long range) {
      int found = 0;
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        found |= Addresses.range(at[l]) == range ? 1 << l : 0;
      }
      return found;
    }

    private void global(Warp w, int lanes, long[] at, boolean store, Visitor visitor) {
      w.block().tally().global(at, bytes, lanes);
      for (int rest = lanes; rest != 0;) {
        int first = Integer.numberOfTrailingZeros(rest);
        Allocation allocation = w.block().global().locate(w, first, at[first], bytes, store);
        int together = lanesIn(at, rest, allocation.address());
        inAllocation(w, together, at, allocation, store);
        visitor.visit(together, allocation.contents(), w.offsets);
        rest &= ~together;
      }
    }

    /**
     * Announces the accesses of lanes to one allocation; runs of lanes whose bytes follow each other are one access.
     */
    private void inAllocation(Warp w, int lanes, long[] at, Allocation allocation, boolean store) {
      var memory = w.block().global();
      int[] offsets = w.offsets;
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        memory.locate(w, l, at[l], bytes, store);
        offsets[l] = (int) Addresses.offset(at[l]);
      }
      for (int m = lanes; m != 0;) {
        int first = Integer.numberOfTrailingZeros(m);
        int run = run(m, first, offsets);
        if (ordered) {
          memory.atomic(w, first, allocation, offsets[first], run * bytes, !store);
        } else if (store) {
          memory.write(w, first, allocation, offsets[first], run * bytes, bytes);
        } else {
          memory.read(w, first, allocation, offsets[first], run * bytes, bytes);
        }
        m &= run == 32 ? 0 : ~((1 << run) - 1 << first);
      }
      w.block().tally().traffic(allocation, bytes * Integer.bitCount(lanes), store);
    }

    /** How many lanes from the first on have bytes that follow each other. */
    private int run(int lanes, int first, int[] offsets) {
      int next = first + 1;
      while (next < Warp.LANES && (lanes >>> next & 1) != 0 && offsets[next] == offsets[next - 1] + bytes) {
        next++;
      }
      return next - first;
    }

    private void shared(Warp w, int lanes, long[] at, long base, boolean store, Visitor visitor) {
      if (base != 0) {
        for (int m = lanes; m != 0; m &= m - 1) {
          at[Integer.numberOfTrailingZeros(m)] -= base;
        }
      }
      if (inCluster) {
        cluster(w, lanes, at, visitor);
        return;
      }
      var memory = w.block().shared();
      w.block().tally().shared(at, bytes, lanes);
      int[] offsets = w.offsets;
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        memory.check(w, l, at[l], bytes, bytes);
        offsets[l] = (int) at[l];
        if (store) {
          memory.write(w, l, offsets[l], bytes);
        } else {
          memory.read(w, l, offsets[l], bytes);
        }
      }
      visitor.visit(lanes, memory.bytes(), offsets);
    }

    /** Loads from the shared memory of blocks of the cluster; lanes with the same block go together. */
    private void cluster(Warp w, int lanes, long[] at, Visitor visitor) {
      int[] mapped = new int[Warp.LANES];
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        mapped[l] = (int) at[l];
        at[l] = Cluster.offset(mapped[l]);
      }
      for (int rest = lanes; rest != 0;) {
        Block owner = Cluster.owner(w, mapped[Integer.numberOfTrailingZeros(rest)]);
        int together = 0;
        for (int m = rest; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          if (Cluster.owner(w, mapped[l]) != owner) {
            continue;
          }
          together |= 1 << l;
          w.offsets[l] = (int) at[l];
          owner.shared().check(w, l, at[l], bytes, bytes);
          w.block().cluster().read(w, l, owner, w.offsets[l], bytes);
        }
        w.block().tally().shared(at, bytes, together);
        visitor.visit(together, owner.shared().bytes(), w.offsets);
        rest &= ~together;
      }
    }

    private void local(Warp w, int lanes, long[] at, long base, boolean store, Visitor visitor) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        w.offsets[l] = w.local().access(w, l, at[l] - base, bytes, store);
      }
      visitor.visit(lanes, w.local().bytes(), w.offsets);
    }

    private void parameter(Warp w, int lanes, long[] at, long base, boolean store, Visitor visitor) {
      byte[] parameters = w.block().parameters();
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        long offset = at[l] - base;
        if (store) {
          throw w.fault(FaultKind.READ_ONLY, l, "a store to a parameter");
        }
        if (offset < 0 || offset + bytes > parameters.length) {
          throw w.fault(FaultKind.OUT_OF_BOUNDS, l,
              bytes + " bytes at byte " + offset + " of the parameters, which have " + parameters.length);
        }
        w.offsets[l] = (int) offset;
      }
      visitor.visit(lanes, parameters, w.offsets);
    }
  }

  private static final class Load extends Compute {
    private final Access access;
    private final PtxType type;
    private final boolean wide;
    private final boolean narrow;
    private final int[] to;

    Load(Access access, PtxType type, boolean wide, boolean narrow, int[] to) {
      this.access = access;
      this.type = type;
      this.wide = wide;
      this.narrow = narrow;
      this.to = to;
    }

    @Override
    public void execute(Warp w, int lanes) {
      access.each(w, lanes, false, (which, memory, offsets) -> {
        for (int i = 0; i < to.length; i++) {
          if (type.bytes() == 4 && !wide) {
            words(w.r[to[i]], which, memory, offsets, i * 4);
          } else if (wide) {
            any(w.d[to[i]], which, memory, offsets, i);
          } else {
            any(w.r[to[i]], which, memory, offsets, i);
          }
        }
      });
    }

    private static void words(int[] d, int lanes, byte[] memory, int[] offsets, int offset) {
      if (lanes == Warp.ALL) {
        for (int l = 0; l < Warp.LANES; l++) {
          d[l] = Bytes.getInt(memory, offsets[l] + offset);
        }
      } else {
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          d[l] = Bytes.getInt(memory, offsets[l] + offset);
        }
      }
    }

    private void any(int[] d, int lanes, byte[] memory, int[] offsets, int i) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        int value = (int) get(type, memory, offsets[l] + i * type.bytes());
        d[l] = narrow ? value & 0xffff : value;
      }
    }

    private void any(long[] d, int lanes, byte[] memory, int[] offsets, int i) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int l = Integer.numberOfTrailingZeros(m);
        d[l] = get(type, memory, offsets[l] + i * type.bytes());
      }
    }

  }

  private static long get(PtxType type, byte[] bytes, int at) {
    return switch (type.bytes()) {
      case 1 -> type.signed() ? bytes[at] : bytes[at] & 0xff;
      case 2 -> type.signed() ? Bytes.getShort(bytes, at) : Bytes.getShort(bytes, at) & 0xffff;
      case 4 -> type.signed() ? Bytes.getInt(bytes, at) : Bytes.getInt(bytes, at) & 0xffff_ffffL;
      default -> Bytes.getLong(bytes, at);
    };
  }

  /** Loads a parameter by its name: the same in all lanes. */
  private static final class ParameterLoad extends Compute {
    private final int offset;
    private final PtxType type;
    private final boolean wide;
    private final boolean narrow;
    private final int[] to;

    ParameterLoad(int offset, PtxType type, boolean wide, boolean narrow, int[] to) {
      this.offset = offset;
      this.type = type;
      this.wide = wide;
      this.narrow = narrow;
      this.to = to;
    }

    @Override
    public void execute(Warp w, int lanes) {
      for (int i = 0; i < to.length; i++) {
        long value = get(type, w.block().parameters(), offset + i * type.bytes());
        if (wide) {
          Arrays.fill(w.scratch64, value);
          w.keep64(to[i], lanes);
        } else {
          Arrays.fill(w.scratch, narrow ? (int) value & 0xffff : (int) value);
          w.keep(to[i], lanes);
        }
      }
    }
  }

  private static final class Store extends Compute {
    private final Access access;
    private final PtxType type;
    private final boolean wide;
    private final int[] from;

    Store(Access access, PtxType type, boolean wide, int[] from) {
      this.access = access;
      this.type = type;
      this.wide = wide;
      this.from = from;
    }

    @Override
    public void execute(Warp w, int lanes) {
      w.block().progress();
      access.each(w, lanes, true, (which, memory, offsets) -> {
        if (!ascending(which, offsets, access.bytes())) {
          checkLanes(w, which, offsets);
        }
        for (int i = 0; i < from.length; i++) {
          for (int m = which; m != 0; m &= m - 1) {
            int l = Integer.numberOfTrailingZeros(m);
            put(memory, offsets[l] + i * type.bytes(), wide ? w.d[from[i]][l] : w.r[from[i]][l]);
          }
        }
      });
    }

    /** Whether no two lanes store to the same bytes, seen by their order. */
    private static boolean ascending(int lanes, int[] offsets, int bytes) {
      int next = Integer.MIN_VALUE;
      boolean ascending = true;
      for (int m = lanes; m != 0; m &= m - 1) {
        int offset = offsets[Integer.numberOfTrailingZeros(m)];
        ascending &= offset >= next;
        next = offset + bytes;
      }
      return ascending;
    }

    /** Faults if two lanes store different values to the same place: which of them stays, nothing tells. */
    private void checkLanes(Warp w, int lanes, int[] offsets) {
      for (int m = lanes; m != 0; m &= m - 1) {
        int a = Integer.numberOfTrailingZeros(m);
        for (int rest = m & m - 1; rest != 0; rest &= rest - 1) {
          int b = Integer.numberOfTrailingZeros(rest);
          if (offsets[a] == offsets[b] && !sameValues(w, a, b)) {
            throw w.fault(FaultKind.RACE, b,
                "lanes " + a + " and " + b + " store different values to byte " + offsets[a]);
          }
        }
      }
    }

    private boolean sameValues(Warp w, int a, int b) {
      for (int register : from) {
        if (wide ? w.d[register][a] != w.d[register][b] : w.r[register][a] != w.r[register][b]) {
          return false;
        }
      }
      return true;
    }

    private void put(byte[] bytes, int at, long value) {
      switch (type.bytes()) {
        case 1 -> bytes[at] = (byte) value;
        case 2 -> Bytes.putShort(bytes, at, (short) value);
        case 4 -> Bytes.putInt(bytes, at, (int) value);
        default -> Bytes.putLong(bytes, at, value);
      }
    }
  }
}
