package crema.corpus;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** How far the reading of an archive has come, and what was counted. */
final class ScanState {
  private static final int NUMBERS = 7;

  /** The number of the member that is read, and how many blocks of it are done. */
  int member;
  long blocks;
  /** How many bytes of the spill belong to what is done. */
  long spilled;
  long lines;
  long offers;
  /** Offers whose cluster has no wanted class. */
  long others;
  /** Bytes of the members' text. */
  long bytes;
  final long[] faults = new long[RowFaultKind.values().length];
  /** Numbers of members that end too early. */
  final List<Integer> damaged = new ArrayList<>();

  byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(Long.BYTES * (NUMBERS + faults.length + damaged.size()));
    out.putLong(member).putLong(blocks).putLong(spilled).putLong(lines).putLong(offers).putLong(others).putLong(bytes);
    for (long fault : faults) {
      out.putLong(fault);
    }
    damaged.forEach(number -> out.putLong(number));
    return out.array();
  }

  static ScanState of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    var state = new ScanState();
    if (bytes.length < Long.BYTES * (NUMBERS + state.faults.length)) {
      throw new IllegalArgumentException("too short");
    }
    state.member = Math.toIntExact(in.getLong());
    state.blocks = in.getLong();
    state.spilled = in.getLong();
    state.lines = in.getLong();
    state.offers = in.getLong();
    state.others = in.getLong();
    state.bytes = in.getLong();
    for (int i = 0; i < state.faults.length; i++) {
      state.faults[i] = in.getLong();
    }
    while (in.hasRemaining()) {
      state.damaged.add(Math.toIntExact(in.getLong()));
    }
    return state;
  }
}
