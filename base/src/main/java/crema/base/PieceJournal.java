package crema.base;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A computation in pieces that are always asked for in the same order: those that a killed process has computed are read
 * from a {@link Journal}, the others computed and added to it. For one thread.
 */
public final class PieceJournal implements Closeable {
  private final Deque<byte[]> known;
  private final Journal journal;

  private PieceJournal(Deque<byte[]> known, Journal journal) {
    this.known = known;
    this.journal = journal;
  }

  /**
   * Those of a file; see {@link Journal#open}.
   *
   * @param identity a digest of all that the pieces depend on
   */
  public static PieceJournal open(Path file, String identity, Consumer<String> warnings) {
    var known = new ArrayDeque<byte[]>();
    return new PieceJournal(known, Journal.open(file, identity, known::add, warnings));
  }

  /**
   * The next piece.
   *
   * @param compute computes it; may throw to leave the computation, and then nothing is kept of the piece
   */
  public byte[] next(Supplier<byte[]> compute) {
    if (!known.isEmpty()) {
      return known.remove();
    }
    byte[] piece = compute.get();
    journal.append(piece);
    return piece;
  }

  /** The next piece, if it is rows of numbers; they need not have the same length. */
  public float[][] nextRows(Supplier<float[][]> compute) {
    byte[] bytes = next(() -> {
      float[][] rows = compute.get();
      long numbers = 0;
      for (float[] row : rows) {
        numbers += 1 + row.length;
      }
      ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(Integer.BYTES * (1 + numbers))).putInt(rows.length);
      for (float[] row : rows) {
        out.putInt(row.length);
        out.asFloatBuffer().put(row);
        out.position(out.position() + row.length * Float.BYTES);
      }
      return out.array();
    });
    ByteBuffer in = ByteBuffer.wrap(bytes);
    var rows = new float[in.getInt()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[in.getInt()];
      in.asFloatBuffer().get(rows[i]);
      in.position(in.position() + rows[i].length * Float.BYTES);
    }
    return rows;
  }

  @Override
  public void close() {
    journal.close();
  }
}
