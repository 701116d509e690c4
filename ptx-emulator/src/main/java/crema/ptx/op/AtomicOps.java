package crema.ptx.op;

import static crema.ptx.InstructionKind.ATOMIC;
import static crema.ptx.op.Opcode.row;

import crema.ptx.machine.Addresses;
import crema.ptx.machine.Allocation;
import crema.ptx.machine.Bytes;
import crema.ptx.machine.Compute;
import crema.ptx.machine.SharedMemory;
import crema.ptx.machine.Warp;
import crema.ptx.syntax.PtxType;
import crema.ptx.syntax.StateSpace;
import java.util.List;

/**
 * Atomics on integers. Those on floating-point numbers are left out on purpose: their result depends on the order in
 * which blocks run. In shared memory they count as accesses like any other, so that they race with nothing but each
 * other.
 */
final class AtomicOps {
  private static final String ORDER =
      "[.relaxed|.acquire|.release|.acq_rel] [.cta|.cluster|.gpu|.sys] [.global|.shared|.shared::cta] ";
  private static final String TYPE = " .b32|.u32|.s32|.b64|.u64|.s64";

  private AtomicOps() {}

  static List<Opcode> rows() {
    return List.of(
        row("atom", ORDER + ".and|.or|.xor|.exch|.add|.inc|.dec|.min|.max" + TYPE, ATOMIC,
            in -> atomic(in, true, false)),
        row("atom", ORDER + ".cas" + TYPE, ATOMIC, in -> atomic(in, true, true)),
        row("red", ORDER + ".and|.or|.xor|.add|.inc|.dec|.min|.max" + TYPE, ATOMIC, in -> atomic(in, false, false)));
  }

  private interface Update {
    long apply(long old, long value, long other);
  }

  private static Compute atomic(Operands in, boolean returns, boolean compares) {
    int first = returns ? 1 : 0;
    in.expect(first + (compares ? 3 : 2), first + (compares ? 3 : 2));
    PtxType type = in.type();
    boolean wide = type.bits() == 64;
    int d = returns ? in.destination(0, type) : -1;
    Address address = in.address(first);
    int b = in.source(first + 1, type);
    int c = compares ? in.source(first + 2, type) : b;
    Update update = update(in.choice(".and", ".or", ".xor", ".exch", ".add", ".inc", ".dec", ".min", ".max", ".cas"),
        type);
    StateSpace space = in.space();
    int bytes = type.bytes();
    return new Compute() {
      @Override
      public void execute(Warp w, int lanes) {
        long[] at = w.addresses;
        address.all(w, lanes, at);
        w.block().progress();
        count(w, lanes, at);
        for (int m = lanes; m != 0; m &= m - 1) {
          int l = Integer.numberOfTrailingZeros(m);
          long value = wide ? w.d[b][l] : w.r[b][l];
          long other = wide ? w.d[c][l] : w.r[c][l];
          boolean shared = space == StateSpace.SHARED || Addresses.range(at[l]) == Addresses.SHARED;
          long old = shared ? inShared(w, l, at[l], value, other) : inGlobal(w, l, at[l], value, other);
          if (returns && wide) {
            w.d[d][l] = old;
          } else if (returns) {
            w.r[d][l] = (int) old;
          }
        }
      }

      private void count(Warp w, int lanes, long[] at) {
        if (space == StateSpace.SHARED) {
          w.block().tally().shared(at, bytes, lanes);
        } else {
          w.block().tally().global(at, bytes, lanes);
        }
      }

      private long inShared(Warp w, int lane, long address, long value, long other) {
        long at = space == StateSpace.SHARED ? address : address - Addresses.SHARED;
        SharedMemory memory = w.block().shared();
        memory.check(w, lane, at, bytes, bytes);
        memory.atomic(w, lane, (int) at, bytes);
        return apply(memory.bytes(), (int) at, value, other);
      }

      private long inGlobal(Warp w, int lane, long address, long value, long other) {
        Allocation allocation = w.block().global().locate(w, lane, address, bytes, true);
        int at = (int) Addresses.offset(address);
        w.block().global().atomic(w, lane, allocation, at, bytes, true);
        w.block().tally().traffic(allocation, bytes, true);
        synchronized (allocation) {
          return apply(allocation.contents(), at, value, other);
        }
      }

      private long apply(byte[] memory, int at, long value, long other) {
        if (wide) {
          long old = Bytes.getLong(memory, at);
          Bytes.putLong(memory, at, update.apply(old, value, other));
          return old;
        }
        int old = Bytes.getInt(memory, at);
        Bytes.putInt(memory, at, (int) update.apply(old, value, other));
        return old;
      }
    };
  }

  private static Update update(String op, PtxType type) {
    boolean wide = type.bits() == 64;
    return switch (op) {
      case ".and" -> (old, value, other) -> old & value;
      case ".or" -> (old, value, other) -> old | value;
      case ".xor" -> (old, value, other) -> old ^ value;
      case ".exch" -> (old, value, other) -> value;
      case ".add" -> (old, value, other) -> old + value;
      case ".inc" -> (old, value, other) -> compare(type, old, value) >= 0 ? 0 : old + 1;
      case ".dec" -> (old, value, other) -> old == 0 || compare(type, old, value) > 0 ? value : old - 1;
      case ".min" -> (old, value, other) -> compare(type, old, value) <= 0 ? old : value;
      case ".max" -> (old, value, other) -> compare(type, old, value) >= 0 ? old : value;
      default -> (old, value, other) -> (wide ? old == value : (int) old == (int) value) ? other : old;
    };
  }

  private static int compare(PtxType type, long a, long b) {
    if (type.signed()) {
      return Long.compare(a, b);
    }
    return type.bits() == 64 ? Long.compareUnsigned(a, b) : Integer.compareUnsigned((int) a, (int) b);
  }
}
