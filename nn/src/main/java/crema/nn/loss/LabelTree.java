package crema.nn.loss;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A forest of labels, as losses need it: the nodes are the columns of the logits, numbered in any order. Immutable.
 */
public final class LabelTree {
  private final int[] parents;
  private final int[] levels;
  private final int[] topDown;
  private final boolean[] leaves;
  private final int depth;

  /**
   * A forest.
   *
   * @param parents the parent of each node, or −1 for a root
   */
  public LabelTree(int[] parents) {
    if (parents.length == 0) {
      throw new IllegalArgumentException("a label tree needs at least one node");
    }
    this.parents = parents.clone();
    levels = new int[parents.length];
    leaves = new boolean[parents.length];
    Arrays.fill(leaves, true);
    for (int node = 0; node < parents.length; node++) {
      int parent = parents[node];
      if (parent < -1 || parent >= parents.length) {
        throw new IllegalArgumentException("the parent of node " + node + " is " + parent + " in a tree of "
            + parents.length + " nodes");
      }
      if (parent >= 0) {
        leaves[parent] = false;
      }
    }
    for (int node = 0; node < parents.length; node++) {
      setLevel(node);
    }
    depth = Arrays.stream(levels).max().orElseThrow();
    topDown = sortedByLevel();
  }

  /** Labels without parents. */
  public static LabelTree flat(int labels) {
    var parents = new int[labels];
    Arrays.fill(parents, -1);
    return new LabelTree(parents);
  }

  /** Sets the levels of a node and of those above it that have none yet. */
  private void setLevel(int node) {
    int steps = 0;
    int known = node;
    while (known >= 0 && levels[known] == 0) {
      if (++steps > parents.length) {
        throw new IllegalArgumentException("node " + node + " is its own ancestor");
      }
      known = parents[known];
    }
    int level = steps + (known < 0 ? 0 : levels[known]);
    for (int above = node; above != known; above = parents[above]) {
      levels[above] = level--;
    }
  }

  private int[] sortedByLevel() {
    var starts = new int[depth + 2];
    for (int level : levels) {
      starts[level + 1]++;
    }
    for (int level = 1; level < starts.length; level++) {
      starts[level] += starts[level - 1];
    }
    var sorted = new int[parents.length];
    for (int node = 0; node < parents.length; node++) {
      sorted[starts[levels[node]]++] = node;
    }
    return sorted;
  }

  /** The number of nodes. */
  public int size() {
    return parents.length;
  }

  /** The number of levels. */
  public int depth() {
    return depth;
  }

  /** The parent of a node, or −1 for a root. */
  public int parent(int node) {
    return parents[node];
  }

  /** The level of a node: 1 for a root. */
  public int level(int node) {
    return levels[node];
  }

  /** Whether a node has no children. */
  public boolean isLeaf(int node) {
    return leaves[node];
  }

  /** All nodes in an order in which parents come before their children; not to be changed. */
  int[] topDown() {
    return topDown;
  }

  /** The nodes of each level, from the roots down. */
  List<int[]> byLevel() {
    return IntStream.rangeClosed(1, depth)
        .mapToObj(level -> Arrays.stream(topDown).filter(node -> levels[node] == level).toArray())
        .toList();
  }

  /** For each node the nodes that have the same parent, itself included; the roots are siblings. */
  int[][] siblings() {
    var families = new ArrayList<List<Integer>>();
    for (int family = 0; family <= parents.length; family++) {
      families.add(new ArrayList<>());
    }
    for (int node = 0; node < parents.length; node++) {
      families.get(parents[node] + 1).add(node);
    }
    int[][] arrays = families.stream()
        .map(family -> family.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
    var siblings = new int[parents.length][];
    Arrays.setAll(siblings, node -> arrays[parents[node] + 1]);
    return siblings;
  }

  /** The number of edges between two nodes; roots are joined by a node above them all. */
  public int distance(int a, int b) {
    int edges = 0;
    while (a != b) {
      if (a >= 0 && (b < 0 || levels[a] >= levels[b])) {
        a = parents[a];
      } else {
        b = parents[b];
      }
      edges++;
    }
    return edges;
  }
}
