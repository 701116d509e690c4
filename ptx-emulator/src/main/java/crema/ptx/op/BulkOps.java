package crema.ptx.op;

import static crema.ptx.InstructionKind.COPY;
import static crema.ptx.op.Opcode.row;

import crema.ptx.FaultKind;
import crema.ptx.Swizzle;
import crema.ptx.TensorMap;
import crema.ptx.machine.Addresses;
import crema.ptx.machine.Allocation;
import crema.ptx.machine.Compute;
import crema.ptx.machine.MemoryBarrier;
import crema.ptx.machine.SharedMemory;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.Operand;
import crema.ptx.syntax.PtxType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Bulk copies: TMA's tiles of tensors with 1 to 5 dimensions, and plain runs of bytes. A load reads global memory when
 * it is issued and writes shared memory some time later; a store writes global memory when it is issued, and reads
 * shared memory until it is waited for.
 */
final class BulkOps {
  private static final String DIMENSIONS = ".1d|.2d|.3d|.4d|.5d";
  private static final String TO_SHARED = ".shared::cluster|.shared::cta .global";

  private BulkOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("cp", ".async .bulk .tensor " + DIMENSIONS + " " + TO_SHARED
            + " [.tile] .mbarrier::complete_tx::bytes [.L2::cache_hint]", COPY,
            BulkOps::loadTile),
        row("cp", ".async .bulk .tensor " + DIMENSIONS + " .global .shared::cta [.tile] .bulk_group [.L2::cache_hint]",
            COPY,
            BulkOps::storeTile),
        row("cp", ".async .bulk " + TO_SHARED + " .mbarrier::complete_tx::bytes [.L2::cache_hint]", COPY,
            BulkOps::loadRun),
        row("cp", ".async .bulk .global .shared::cta .bulk_group [.L2::cache_hint]", COPY, BulkOps::storeRun),
        row("cp", ".async .bulk .commit_group", COPY, in -> {
          in.expect(0, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.stores().commit(lanes);
            }
          };
        }),
        row("cp", ".async .bulk .wait_group [.read]", COPY, in -> {
          in.expect(1, 1);
          int pending = in.immediate(0, 0, Integer.MAX_VALUE);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {
              w.stores().await(lanes, pending);
            }
          };
        }),
        row("cp", ".async .bulk .prefetch .tensor " + DIMENSIONS + " .L2 .global [.tile]", COPY, in -> {
          in.expect(1, 1);
          tile(in, 0);
          return new Compute() {
            @Override
            public void execute(Warp w, int lanes) {}
          };
        }));
  }

  /** A tile's operand: the address of its map, and the registers of its coordinates. */
  private record Tile(Address map, int[] coordinates) {
    TensorMap load(Warp w, int lane) {
      long at = map.at(w, lane);
      byte[] bytes;
      int offset = (int) Addresses.offset(at);
      if (Addresses.range(at) == Addresses.PARAM || map.space() == crema.ptx.syntax.StateSpace.PARAM) {
        bytes = w.block().parameters();
      } else {
        Allocation allocation = w.block().global().locate(w, lane, at, 64, false);
        w.block().global().read(w, lane, allocation, offset, TensorMap.BYTES, TensorMap.BYTES);
        bytes = allocation.contents();
      }
      if ((offset & 63) != 0) {
        throw w.fault(FaultKind.MISALIGNED, lane, "a tensor map at byte " + offset + ", not a multiple of 64");
      }
      try {
        if (offset + TensorMap.BYTES > bytes.length) {
          throw new IllegalArgumentException("no tensor map lies there");
        }
        TensorMap found = TensorMap.decode(ByteBuffer.wrap(bytes, offset, TensorMap.BYTES));
        if (found.rank() != coordinates.length) {
          throw new IllegalArgumentException("a tensor map of " + found.rank() + " dimensions, for a tile of "
              + coordinates.length);
        }
        return found;
      } catch (IllegalArgumentException e) {
        throw w.fault(FaultKind.BAD_OPERAND, lane, String.valueOf(e.getMessage()));
      }
    }
  }

  private static Tile tile(Operands in, int i) {
    if (!(in.raw(i) instanceof Operand.TensorAddress t)) {
      throw in.error("operand " + (i + 1) + " of " + in.opcode() + " must be a tile, as in [%rd1, {%r1, %r2}]");
    }
    int dimensions = Integer.parseInt(in.choice(".1d", ".2d", ".3d", ".4d", ".5d").substring(1, 2));
    if (t.coordinates().size() != dimensions) {
      throw in.error(in.opcode() + " takes " + dimensions + " coordinates, not " + t.coordinates().size());
    }
    int[] coordinates = t.coordinates().stream().mapToInt(o -> in.source(i, o, PtxType.S32, false)).toArray();
    return new Tile(in.address(i, t.map(), 0), coordinates);
  }

  private interface RowVisitor {
    /**
     * One row of a tile.
     *
     * @param box where its first element lies in the tile, in elements
     * @param address where it would lie in global memory
     * @param from the first of its elements that is inside the tensor
     * @param to the first after that which is not
     */
    void visit(int box, long address, int from, int to);
  }

  /** Visits all rows of a tile. */
  private static void rows(TensorMap map, int[] start, RowVisitor visitor) {
    int rank = map.rank();
    int inner = map.box().getFirst();
    int step = map.elementStrides().getFirst();
    int count = map.boxBytes() / map.type().bytes() / inner;
    for (int row = 0; row < count; row++) {
      long address = map.address();
      boolean inside = true;
      int rest = row;
      for (int i = 1; i < rank; i++) {
        long at = start[i] + (long) (rest % map.box().get(i)) * map.elementStrides().get(i);
        rest /= map.box().get(i);
        inside &= at >= 0 && at < map.sizes().get(i);
        address += at * map.strides().get(i - 1);
      }
      address += (long) start[0] * map.type().bytes();
      int from = start[0] < 0 ? Math.min(inner, (-start[0] + step - 1) / step) : 0;
      long last = (map.sizes().getFirst() - start[0] + step - 1) / step;
      int to = (int) Math.max(from, Math.min(inner, last));
      visitor.visit(row * inner, address, inside ? from : 0, inside ? to : 0);
    }
  }

  private static int[] coordinates(Warp w, int lane, Tile tile) {
    int[] all = new int[tile.coordinates.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = w.r[tile.coordinates[i]][lane];
    }
    return all;
  }

  private static void checkTile(Warp w, int lane, long at, int bytes) {
    SharedMemory shared = w.block().shared();
    shared.check(w, lane, at, 16, 128);
    shared.check(w, lane, at, bytes, 16);
  }

  private static long sectors(long address, int bytes) {
    return (address + bytes - 1 >>> 5) - (address >>> 5) + 1;
  }

  private static Compute loadTile(Operands in) {
    in.expect(3, 4);
    Address to = in.address(0);
    Tile tile = tile(in, 1);
    Address counter = in.address(2);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          TensorMap map = tile.load(w, lane);
          long at = BarrierOps.sharedAddress(to, w, lane);
          checkTile(w, lane, at, map.boxBytes());
          MemoryBarrier barrier = w.block().bulkBarrier(w, lane, BarrierOps.sharedAddress(counter, w, lane));
          byte[] bytes = read(w, lane, map, coordinates(w, lane, tile));
          w.block().bulk().load(w, lane, (int) at, bytes, map.swizzle(), barrier);
        }
      }
    };
  }

  private static byte[] read(Warp w, int lane, TensorMap map, int[] start) {
    int size = map.type().bytes();
    byte[] bytes = new byte[map.boxBytes()];
    if (map.fill() == TensorMap.Fill.NAN) {
      Arrays.fill(bytes, (byte) 0xff);
    }
    int step = map.elementStrides().getFirst();
    long[] sectors = new long[1];
    var memory = w.block().global();
    rows(map, start, (box, address, from, to) -> {
      if (to <= from) {
        return;
      }
      long first = address + (long) from * step * size;
      int run = ((to - from - 1) * step + 1) * size;
      Allocation allocation = memory.locate(w, lane, first, size, false);
      int offset = (int) Addresses.offset(first);
      if (offset + run > allocation.size()) {
        throw w.fault(FaultKind.OUT_OF_BOUNDS, lane,
            "a tile reads " + run + " bytes at byte " + offset + " of " + allocation.name()
                + ", which has " + allocation.size());
      }
      sectors[0] += sectors(first, run);
      w.block().tally().traffic(allocation, (to - from) * size, false);
      if (step == 1) {
        memory.read(w, lane, allocation, offset, run, run);
        System.arraycopy(allocation.contents(), offset, bytes, (box + from) * size, run);
      } else {
        for (int i = from; i < to; i++) {
          memory.read(w, lane, allocation, offset + (i - from) * step * size, size, size);
          System.arraycopy(allocation.contents(), offset + (i - from) * step * size, bytes, (box + i) * size, size);
        }
      }
    });
    w.block().tally().globalBulk(sectors[0]);
    return bytes;
  }

  private static Compute storeTile(Operands in) {
    in.expect(2, 3);
    Tile tile = tile(in, 0);
    Address from = in.address(1);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          TensorMap map = tile.load(w, lane);
          long at = BarrierOps.sharedAddress(from, w, lane);
          checkTile(w, lane, at, map.boxBytes());
          byte[] bytes = gather(w, lane, (int) at, map.boxBytes(), map.swizzle());
          write(w, lane, map, coordinates(w, lane, tile), bytes);
        }
      }
    };
  }

  /** Reads shared memory for a store. */
  private static byte[] gather(Warp w, int lane, int at, int size, Swizzle swizzle) {
    byte[] bytes = new byte[size];
    int time = w.stores().begin(lane);
    for (int i = 0; i < size; i += 16) {
      int chunk = swizzle.apply(at + i);
      w.block().shared().readByBulkStore(w, lane, chunk, 16, time);
      System.arraycopy(w.block().shared().bytes(), chunk, bytes, i, 16);
    }
    return bytes;
  }

  private static void write(Warp w, int lane, TensorMap map, int[] start, byte[] bytes) {
    int size = map.type().bytes();
    int step = map.elementStrides().getFirst();
    long[] sectors = new long[1];
    var memory = w.block().global();
    rows(map, start, (box, address, from, to) -> {
      for (int i = from; i < to; i++) {
        long at = address + (long) i * step * size;
        Allocation allocation = memory.locate(w, lane, at, size, true);
        int offset = (int) Addresses.offset(at);
        memory.write(w, lane, allocation, offset, size, size);
        System.arraycopy(bytes, (box + i) * size, allocation.contents(), offset, size);
        w.block().tally().traffic(allocation, size, true);
      }
      if (to > from) {
        sectors[0] += sectors(address + (long) from * step * size, ((to - from - 1) * step + 1) * size);
      }
    });
    w.block().tally().globalBulk(sectors[0]);
  }

  private static int runLength(Warp w, int lane, int register) {
    int size = w.r[register][lane];
    if (size <= 0 || (size & 15) != 0) {
      throw w.fault(FaultKind.BAD_OPERAND, lane, "a bulk copy of " + size + " bytes: not a multiple of 16");
    }
    return size;
  }

  private static Allocation run(Warp w, int lane, long address, int size, boolean store) {
    Allocation allocation = w.block().global().locate(w, lane, address, 16, store);
    if (Addresses.offset(address) + size > allocation.size()) {
      throw w.fault(FaultKind.OUT_OF_BOUNDS, lane,
          "a bulk copy of " + size + " bytes at byte " + Addresses.offset(address) + " of "
              + allocation.name() + ", which has " + allocation.size());
    }
    w.block().tally().globalBulk(sectors(address, size));
    w.block().tally().traffic(allocation, size, store);
    return allocation;
  }

  private static Compute loadRun(Operands in) {
    in.expect(4, 5);
    Address to = in.address(0);
    Address from = in.address(1);
    int length = in.source(2, PtxType.U32);
    Address counter = in.address(3);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int size = runLength(w, lane, length);
          int at = BarrierOps.sharedAddress(to, w, lane);
          w.block().shared().check(w, lane, at, size, 16);
          MemoryBarrier barrier = w.block().bulkBarrier(w, lane, BarrierOps.sharedAddress(counter, w, lane));
          long source = from.at(w, lane);
          Allocation allocation = run(w, lane, source, size, false);
          int offset = (int) Addresses.offset(source);
          w.block().global().read(w, lane, allocation, offset, size, size);
          byte[] bytes = Arrays.copyOfRange(allocation.contents(), offset, offset + size);
          w.block().bulk().load(w, lane, at, bytes, Swizzle.NONE, barrier);
        }
      }
    };
  }

  private static Compute storeRun(Operands in) {
    in.expect(3, 4);
    Address to = in.address(0);
    Address from = in.address(1);
    int length = in.source(2, PtxType.U32);
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        for (int m = lanes; m != 0; m &= m - 1) {
          int lane = Integer.numberOfTrailingZeros(m);
          int size = runLength(w, lane, length);
          int at = BarrierOps.sharedAddress(from, w, lane);
          w.block().shared().check(w, lane, at, size, 16);
          long target = to.at(w, lane);
          Allocation allocation = run(w, lane, target, size, true);
          int offset = (int) Addresses.offset(target);
          w.block().global().write(w, lane, allocation, offset, size, size);
          System.arraycopy(gather(w, lane, at, size, Swizzle.NONE), 0, allocation.contents(), offset, size);
        }
      }
    };
  }
}
