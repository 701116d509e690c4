package crema.fasttext;

import crema.base.CounterRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.function.IntUnaryOperator;

/**
 * The binary tree of hierarchical softmax: frequent outputs are near its root.
 *
 * <p>Nodes 0 to {@code leaves} are the outputs; the inner nodes follow, the root last. Inner node {@code n} is row
 * {@code n - leaves} of the output matrix. The tree is built as the original builds it, which takes the counts to be
 * sorted, the largest first.
 */
final class HuffmanTree {
  /** The count of a node that is not there yet; a real count must be below. */
  static final long ABSENT = 1_000_000_000_000_000L;

  private final int leaves;
  private final int[] left;
  private final int[] right;
  private final int[] parent;
  private final int depth;

  /**
   * Builds the tree of outputs seen so often.
   *
   * @throws IllegalArgumentException if there is no output, or a count is out of range
   */
  HuffmanTree(long[] counts) {
    if (counts.length == 0) {
      throw new IllegalArgumentException("hierarchical softmax needs at least one output");
    }
    leaves = counts.length;
    int nodes = Math.toIntExact(2L * leaves - 1);
    left = new int[nodes - leaves];
    right = new int[nodes - leaves];
    parent = new int[nodes];
    var weight = new long[nodes];
    Arrays.fill(weight, ABSENT);
    for (int i = 0; i < leaves; i++) {
      if (counts[i] < 0 || counts[i] >= ABSENT / 2) {
        throw new IllegalArgumentException("the count of output " + i + " is " + counts[i]);
      }
      weight[i] = counts[i];
    }
    parent[nodes - 1] = -1;
    int leaf = leaves - 1;
    int inner = leaves;
    for (int node = leaves; node < nodes; node++) {
      int first = leaf >= 0 && weight[leaf] < weight[inner] ? leaf-- : inner++;
      int second = leaf >= 0 && weight[leaf] < weight[inner] ? leaf-- : inner++;
      left[node - leaves] = first;
      right[node - leaves] = second;
      parent[first] = node;
      parent[second] = node;
      weight[node] = weight[first] + weight[second];
    }
    depth = depth(nodes);
  }

  private int depth(int nodes) {
    var depths = new int[nodes];
    int deepest = 0;
    for (int node = nodes - 2; node >= 0; node--) {
      depths[node] = depths[parent[node]] + 1;
      deepest = Math.max(deepest, depths[node]);
    }
    return deepest;
  }

  int root() {
    return 2 * leaves - 2;
  }

  boolean isLeaf(int node) {
    return node < leaves;
  }

  /** The row of the output matrix that belongs to an inner node. */
  int row(int node) {
    return node - leaves;
  }

  int left(int node) {
    return left[node - leaves];
  }

  int right(int node) {
    return right[node - leaves];
  }

  /** The parent of a node; -1 for the root. */
  int parent(int node) {
    return parent[node];
  }

  /** Whether a node is its parent's right child, whose code is 1. */
  boolean isRight(int node) {
    return right[parent[node] - leaves] == node;
  }

  /** The edges between the root and the deepest leaf. */
  int depth() {
    return depth;
  }

  /**
   * Finds, for each inner node of this tree, the inner node of an older one that decides between the same outputs.
   *
   * @param oldLeaf the number that an output of this tree has in the older one; -1 if it is new there
   * @return the older tree's row for each row of this tree; -1 if there is none, {@code -2 - row} if its left and
   *     right are swapped
   */
  int[] match(HuffmanTree older, IntUnaryOperator oldLeaf) {
    long[] sets = sets(oldLeaf);
    long[] olderSets = older.sets(IntUnaryOperator.identity());
    var rowsBySet = new HashMap<Long, Integer>();
    for (int row = 0; row < older.left.length; row++) {
      rowsBySet.put(olderSets[older.leaves + row], row);
    }
    var result = new int[left.length];
    for (int row = 0; row < result.length; row++) {
      int olderRow = rowsBySet.getOrDefault(sets[leaves + row], -1);
      if (olderRow < 0) {
        result[row] = -1;
      } else if (sets[left[row]] == olderSets[older.left[olderRow]]) {
        result[row] = olderRow;
      } else {
        result[row] = sets[left[row]] == olderSets[older.right[olderRow]] ? -2 - olderRow : -1;
      }
    }
    return result;
  }

  /** A hash of the known outputs below each node. */
  private long[] sets(IntUnaryOperator number) {
    var sets = new long[parent.length];
    for (int leaf = 0; leaf < leaves; leaf++) {
      int known = number.applyAsInt(leaf);
      sets[leaf] = known < 0 ? 0 : CounterRandom.bits(0, known, 0);
    }
    for (int node = leaves; node < sets.length; node++) {
      sets[node] = sets[left[node - leaves]] + sets[right[node - leaves]];
    }
    return sets;
  }
}
