package crema.nn.model.mpnet;

import crema.autograd.Tape;
import crema.autograd.op.RelativeAttention;
import crema.nn.Embedding;
import crema.tensor.Sequences;
import java.util.stream.IntStream;

/**
 * The bias of a head for the distance of query and key: of keys before the query 16 buckets, of those after it another
 * 16, one for each of the first 8 distances and then logarithmically wider ones up to 128, as in T5 (Raffel et al.,
 * arXiv 1910.10683, section 2.1).
 */
final class RelativeBias {
  static final int BUCKETS = 32;

  private static final int HALF = BUCKETS / 2;
  private static final int EXACT = HALF / 2;
  private static final int FARTHEST = 128;

  private RelativeBias() {}

  /** The bucket of a query's position minus a key's. */
  static int bucket(int distance) {
    int side = distance < 0 ? HALF : 0;
    int far = Math.abs(distance);
    if (far < EXACT) {
      return side + far;
    }
    // In single precision, as the original model computes it.
    float share = (float) StrictMath.log((float) far / EXACT) / (float) StrictMath.log((double) FARTHEST / EXACT);
    return side + Math.min(HALF - 1, EXACT + (int) (share * (HALF - EXACT)));
  }

  /** What an attention adds, from the table that all layers share. */
  static RelativeAttention.Tables tables(Tape tape, Embedding table, Sequences sequences) {
    int longest = sequences.longest();
    var buckets = new int[2 * longest - 1];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = bucket(i - longest + 1);
    }
    // All rows, gathered: the table itself may be of 16 bits.
    int[] rows = IntStream.range(0, BUCKETS).toArray();
    return new RelativeAttention.Tables(tape.scope().ints(buckets, buckets.length), null, null,
        table.forward(tape, tape.scope().ints(rows, BUCKETS)));
  }
}
