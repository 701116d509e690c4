package crema.tensor.cpu;

import crema.base.Rng;
import crema.tensor.AttentionSpec;
import crema.tensor.Sequences;
import java.util.Arrays;

/**
 * What the two passes of attention have in common: the shapes, and how a batch is cut.
 *
 * <p>A task does all query heads that share one key and value head, for one chunk of the queries of one sequence. It
 * lays out keys and values once, and works on tiles of a few queries against all keys, so that no more than a tile of
 * the weights exists at a time. How queries are cut into tiles does not change a bit.
 */
abstract class AttentionPass {
  /** Weights in a tile, at most: two of them stay in the L2 cache. */
  private static final int TILE = 1 << 15;
  private static final int MOST_TILE_ROWS = 64;
  /** Keys that a product takes at a time, so that the panels it reads stay in the L1 cache. */
  private static final int KEYS_AT_A_TIME = 256;

  final CpuContext context;
  final Sequences sequences;
  final AttentionSpec spec;
  final int headDim;
  /** {@link #headDim} in whole panels. */
  final int headWidth;
  /** Query heads for each key and value head. */
  final int group;
  /** Features of a token of q and y. */
  final int queryStride;
  /** Features of a token of k and v. */
  final int keyStride;
  private final int chunk;
  private final int dropThreshold;
  private final float keptFactor;

  /**
   * Prepares a pass.
   *
   * @param chunk the most queries of a task
   */
  AttentionPass(CpuContext context, Sequences sequences, AttentionSpec spec, int chunk) {
    this.context = context;
    this.sequences = sequences;
    this.spec = spec;
    this.chunk = chunk;
    headDim = spec.headDim();
    headWidth = TileKernels.padded(headDim);
    group = spec.numHeads() / spec.numKeyValueHeads();
    queryStride = spec.numHeads() * headDim;
    keyStride = spec.numKeyValueHeads() * headDim;
    dropThreshold = RandomKernels.threshold(spec.dropout());
    keptFactor = 1 / (1 - spec.dropout());
  }

  /**
   * Does the queries from {@code from} to before {@code to} of a sequence, for the query heads of one key and value
   * head.
   *
   * @param index which chunk of the sequence it is
   */
  abstract void chunk(int sequence, int index, int from, int to, int keyValueHead);

  /** Does all chunks of all sequences. */
  final void run() {
    int chunks = 0;
    for (int sequence = 0; sequence < sequences.count(); sequence++) {
      chunks += chunks(sequence);
    }
    int[] firsts = context.ints.take(chunks);
    for (int sequence = 0, i = 0; sequence < sequences.count(); sequence++) {
      for (int token = sequences.start(sequence); token < sequences.start(sequence + 1); token += chunk) {
        firsts[i++] = token;
      }
    }
    int heads = spec.numKeyValueHeads();
    context.workers.run(Math.multiplyExact(chunks, heads), (task, worker) -> {
      int token = firsts[task / heads];
      int sequence = SequenceCursor.sequenceOf(sequences, token);
      int from = token - sequences.start(sequence);
      chunk(sequence, from / chunk, from, Math.min(from + chunk, sequences.length(sequence)), task % heads);
    });
    context.ints.give(firsts);
  }

  /** Does all chunks of all sequences in order, one head a task: for sums over a head's sequences. */
  final void runByHead() {
    context.workers.run(spec.numKeyValueHeads(), (head, worker) -> {
      for (int sequence = 0; sequence < sequences.count(); sequence++) {
        int length = sequences.length(sequence);
        for (int index = 0; index < chunks(sequence); index++) {
          chunk(sequence, index, index * chunk, Math.min((index + 1) * chunk, length), head);
        }
      }
    });
  }

  /** How many chunks a sequence has. */
  final int chunks(int sequence) {
    return (sequences.length(sequence) - 1) / chunk + 1;
  }

  /** The queries of a tile of a sequence of the given length. */
  final int tileRows(int length) {
    return Math.clamp(TILE / span(length), 4, MOST_TILE_ROWS);
  }

  /** The row stride of a tile: one panel more than needed, lest the rows fall on the same lines of the cache. */
  final int tileStride(int length) {
    return TileKernels.padded(span(length)) + TileKernels.PANEL;
  }

  /** The keys of a tile of a sequence of the given length, at most. */
  private int span(int length) {
    return (int) Math.min(length, 2L * spec.window() + MOST_TILE_ROWS + TileKernels.PANEL);
  }

  /** The first key of a tile that starts at the query: the start of a panel. */
  final int firstKey(int query) {
    return spec.firstKey(query) / TileKernels.PANEL * TileKernels.PANEL;
  }

  /**
   * c += a · b for b of {@link #headWidth} columns and a row a key.
   *
   * @param c from {@code co} with row stride {@link #headWidth}
   */
  final void multiplyByKeys(int rows, int keys, float[] a, int ao, int lda, float[] b, int bo, int panelStride,
      float[] c, int co) {
    for (int key = 0; key < keys; key += KEYS_AT_A_TIME) {
      Kernels.TILE.multiplyAdd(rows, headWidth, Math.min(KEYS_AT_A_TIME, keys - key), a, ao + key, lda, 1, b,
          bo + key * TileKernels.PANEL, panelStride, c, co, headWidth);
    }
  }

  /** Lays out the transpose of a head's rows of a run of a table. */
  final void packTransposed(RelativeTerms.Table table, RelativeTerms.Run run, int head, float[] to, int offset) {
    TileKernels.packTransposed(context.transposer, table.array(), table.at(run.first(), head * headDim),
        table.stride(), run.count(), headDim, to, offset);
  }

  /** Lays out the transpose of the rows of a sequence of k or v. */
  final void packTransposed(float[] x, int xo, int length, float[] to, int offset) {
    TileKernels.packTransposed(context.transposer, x, xo, keyStride, length, headDim, to, offset);
  }

  /** scores = q · kᵀ of a tile. */
  final void scores(float[] q, int qo, int rows, int keys, float[] keysTransposed, int ko, float[] scores, int so,
      int stride) {
    int width = TileKernels.padded(keys);
    for (int row = 0; row < rows; row++) {
      Arrays.fill(scores, so + row * stride, so + row * stride + width, 0);
    }
    Kernels.TILE.multiplyAdd(rows, width, headDim, q, qo, queryStride, 1, keysTransposed, ko,
        headDim * TileKernels.PANEL, scores, so, stride);
  }

  /** Draws the random words for a query's weights of some keys, from the start of a panel on. */
  final void draw(int token, int head, int firstKey, int keys, int[] words) {
    Rng.Stream random = spec.random();
    if (random != null) {
      long first = spec.dropoutIndex(token, head, firstKey, sequences.longest());
      Kernels.RANDOM.draw(random, first / RandomKernels.BLOCK, RandomKernels.blocks(keys), words, 0);
    }
  }

  /** Drops what the words say from a row, and scales the rest. */
  final void drop(int[] words, float[] row, int offset, int keys) {
    Kernels.RANDOM.drop(words, 0, dropThreshold, keptFactor, row, offset, row, offset, keys);
  }

  /** Room for the random words of one query: none without dropout. */
  final int words(int length) {
    return spec.dropout() > 0 ? TileKernels.padded(span(length)) : 0;
  }
}
