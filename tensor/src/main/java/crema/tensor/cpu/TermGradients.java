package crema.tensor.cpu;

import crema.tensor.RelativePositions;
import crema.tensor.cpu.RelativeTerms.Run;
import crema.tensor.cpu.RelativeTerms.Table;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of the tables of {@link RelativePositions}: with the gradients ds of the scores added up by bucket, over
 * the keys of a query (c) and over the queries of a key (p), dq += c · keys, dkeys = cᵀ q, dk += p · queries, dqueries =
 * pᵀ k. Each head has sums of its own, to which its sequences are added in order.
 */
final class TermGradients {
  private final CpuContext context;
  private final RelativeTerms terms;
  private final @Nullable Table keys;
  private final @Nullable Table queries;
  private final @Nullable Table bias;
  private final int headDim;
  private final int headWidth;
  private final int rows;
  private final float[] keySums;
  private final float[] querySums;
  private final float[] biasSums;

  /**
   * Where a task keeps what it needs in its scratch memory.
   *
   * @param run the sequence's buckets
   * @param packed a table's rows, transposed, then as they are
   * @param byQuery products, then sums of gradients, of the queries of a tile
   * @param byKey products of all keys
   * @param keyGradients sums of gradients of all keys
   * @param biasGradients sums of gradients by bucket
   * @param end the end of it
   */
  record Layout(Run run, int packed, int byQuery, int byKey, int keyGradients, int biasGradients, int end) {}

  TermGradients(CpuContext context, RelativeTerms terms, RelativePositions gradients, int heads, int headDim) {
    this.context = context;
    this.terms = terms;
    this.headDim = headDim;
    headWidth = TileKernels.padded(headDim);
    keys = Table.of(gradients.keys());
    queries = Table.of(gradients.queries());
    bias = Table.of(gradients.bias());
    int most = 0;
    for (var table : new crema.tensor.@Nullable Tensor[] {gradients.keys(), gradients.queries(), gradients.bias()}) {
      most = table == null ? most : Math.max(most, (int) table.shape().rows());
    }
    rows = most;
    keySums = sums(keys, heads, headWidth);
    querySums = sums(queries, heads, headWidth);
    biasSums = sums(bias, heads, 1);
  }

  private float[] sums(@Nullable Table table, int heads, int width) {
    int size = table == null ? 0 : Math.multiplyExact(Math.multiplyExact(heads, rows), width);
    float[] sums = context.floats.take(Math.max(1, size));
    Arrays.fill(sums, 0, size, 0);
    return sums;
  }

  /** What a task needs from {@code start} on, for tiles of so many queries of a sequence. */
  Layout layout(int length, int tileRows, int start) {
    Run run = terms.run(length);
    int byQuery = start + Math.max(run.width() * headDim, run.count() * headWidth);
    int byKey = byQuery + tileRows * run.width();
    int keyGradients = byKey + length * run.width();
    int biasGradients = keyGradients + length * run.width();
    return new Layout(run, start, byQuery, byKey, keyGradients, biasGradients, biasGradients + run.width());
  }

  /** Prepares a head of a sequence, whose keys start at {@code ko}. */
  void begin(AttentionPass pass, Layout at, int head, float[] k, int ko, int length, float[] scratch) {
    if (terms.queries != null) {
      pass.packTransposed(terms.queries, at.run, head, scratch, at.packed);
      RelativeTerms.multiply(k, ko, pass.keyStride, length, headDim, scratch, at.packed, at.run, at.byKey);
    }
    Arrays.fill(scratch, at.keyGradients, at.end, 0);
  }

  /** Adds the terms to a tile's scores. */
  void addTerms(AttentionPass pass, Layout at, int head, float[] q, int qo, int query, int height, int first,
      int keyCount,
      float[] scratch, int scores, int stride) {
    if (terms.keys != null) {
      pass.packTransposed(terms.keys, at.run, head, scratch, at.packed);
      RelativeTerms.multiply(q, qo, pass.queryStride, height, headDim, scratch, at.packed, at.run, at.byQuery);
    }
    for (int i = 0; i < height; i++) {
      terms.add(at.run, query + i, first, keyCount, head, pass.spec.scale(), scratch, scores + i * stride,
          terms.keys == null ? -1 : at.byQuery + i * at.run.width(), terms.queries == null ? -1 : at.byKey);
    }
  }

  /**
   * Adds up the gradients of a tile's scores, and adds what they give for the queries and the keys' table.
   *
   * @param packedQueries the tile's queries in panels
   * @param queryGradients {@code [height, headWidth]}, added to
   */
  void addTile(AttentionPass pass, Layout at, int head, int query, int height, int first, int keyCount, float[] scratch,
      int gradients, int stride, int packedQueries, int queryGradients) {
    int width = at.run.width();
    Arrays.fill(scratch, at.byQuery, at.byQuery + height * width, 0);
    for (int i = 0; i < height; i++) {
      terms.addGradients(at.run, query + i, first, keyCount, pass.spec.scale(), scratch, gradients + i * stride,
          terms.keys == null ? -1 : at.byQuery + i * width, terms.queries == null ? -1 : at.keyGradients,
          terms.bias == null ? -1 : at.biasGradients);
    }
    if (terms.keys != null) {
      pack(terms.keys, at, head, scratch);
      int count = at.run.count();
      Kernels.TILE.multiplyAdd(height, headWidth, count, scratch, at.byQuery, width, 1, scratch, at.packed,
          count * TileKernels.PANEL, scratch, queryGradients, headWidth);
      Kernels.TILE.multiplyAdd(count, headWidth, height, scratch, at.byQuery, 1, width, scratch, packedQueries,
          height * TileKernels.PANEL, keySums, sumsOf(head, at), headWidth);
    }
  }

  /**
   * Adds what all tiles give for the keys and the other tables.
   *
   * @param packedKeys the sequence's keys in panels
   * @param keyGradients {@code [length, headWidth]}, added to
   */
  void end(Layout at, int head, int length, float[] scratch, int packedKeys, int keyGradients) {
    int width = at.run.width();
    int count = at.run.count();
    if (terms.queries != null) {
      pack(terms.queries, at, head, scratch);
      Kernels.TILE.multiplyAdd(length, headWidth, count, scratch, at.keyGradients, width, 1, scratch, at.packed,
          count * TileKernels.PANEL, scratch, keyGradients, headWidth);
      Kernels.TILE.multiplyAdd(count, headWidth, length, scratch, at.keyGradients, 1, width, scratch, packedKeys,
          length * TileKernels.PANEL, querySums, sumsOf(head, at), headWidth);
    }
    if (terms.bias != null) {
      Kernels.ARITHMETIC.addScaled(1, scratch, at.biasGradients, biasSums, head * rows + at.run.first(), count);
    }
  }

  private void pack(Table table, Layout at, int head, float[] scratch) {
    TileKernels.pack(table.array(), table.at(at.run.first(), head * headDim), table.stride(), at.run.count(), headDim,
        scratch, at.packed);
  }

  private int sumsOf(int head, Layout at) {
    return (head * rows + at.run.first()) * headWidth;
  }

  /** Writes the sums of all heads to the tables, and gives the memory back. */
  void store(int heads) {
    for (int head = 0; head < heads; head++) {
      for (int row = 0; row < rows; row++) {
        int sum = head * rows + row;
        if (keys != null) {
          System.arraycopy(keySums, sum * headWidth, keys.array(), keys.at(row, head * headDim), headDim);
        }
        if (queries != null) {
          System.arraycopy(querySums, sum * headWidth, queries.array(), queries.at(row, head * headDim), headDim);
        }
        if (bias != null) {
          bias.array()[bias.at(row, head)] = biasSums[sum];
        }
      }
    }
    context.floats.give(keySums);
    context.floats.give(querySums);
    context.floats.give(biasSums);
  }
}
