package crema.base;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Nodes {@code 0 .. size-1} of which each has one parent or none, numbered in any order. Roots are at level 1.
 * Immutable; every array that a method returns is the caller's own.
 */
public class Forest {
  /** The parent of a root. */
  public static final int NONE = -1;

  private final int[] parents;
  private final int[] levels;
  private final int depth;
  /** The nodes by level, ascending within one; level {@code l} starts at {@code levelStarts[l - 1]}. */
  private final int[] topDown;
  private final int[] levelStarts;
  /** The nodes by parent, ascending within one; the children of {@code p} start at {@code childStarts[p + 1]}. */
  private final int[] families;
  private final int[] childStarts;

  /**
   * A forest.
   *
   * @param parents the parent of each node, {@link #NONE} for a root
   * @throws IllegalArgumentException if a parent is out of range, or a node is its own ancestor
   */
  public Forest(int... parents) {
    this.parents = parents.clone();
    levels = levels(this.parents);
    depth = Arrays.stream(levels).max().orElse(0);
    levelStarts = new int[depth + 1];
    topDown = sorted(levels, -1, levelStarts);
    childStarts = new int[parents.length + 2];
    families = sorted(this.parents, 1, childStarts);
  }

  /** Nodes without parents. */
  public static Forest flat(int nodes) {
    var parents = new int[nodes];
    Arrays.fill(parents, NONE);
    return new Forest(parents);
  }

  private static int[] levels(int[] parents) {
    for (int node = 0; node < parents.length; node++) {
      if (parents[node] < NONE || parents[node] >= parents.length) {
        throw new IllegalArgumentException(String.format(Locale.ROOT,
            "node %d has the parent %d, but there are %d nodes", node, parents[node], parents.length));
      }
    }
    var levels = new int[parents.length];
    for (int node = 0; node < parents.length; node++) {
      int steps = 0;
      int known = node;
      while (known != NONE && levels[known] == 0) {
        if (++steps > parents.length) {
          throw new IllegalArgumentException("node " + node + " is its own ancestor");
        }
        known = parents[known];
      }
      int level = steps + (known == NONE ? 0 : levels[known]);
      for (int above = node; above != known; above = parents[above]) {
        levels[above] = level--;
      }
    }
    return levels;
  }

  /** All nodes by key, ascending within one, and where each {@code key + shift} starts: a counting sort. */
  private static int[] sorted(int[] keys, int shift, int[] starts) {
    for (int key : keys) {
      starts[key + shift + 1]++;
    }
    Arrays.parallelPrefix(starts, Integer::sum);
    int[] next = starts.clone();
    var sorted = new int[keys.length];
    for (int node = 0; node < keys.length; node++) {
      sorted[next[keys[node] + shift]++] = node;
    }
    return sorted;
  }

  /** The number of nodes. */
  public final int size() {
    return parents.length;
  }

  /** The number of levels. */
  public final int depth() {
    return depth;
  }

  /** The level of a node: 1 for a root. */
  public final int level(int node) {
    return levels[node];
  }

  /** The parent of a node, or {@link #NONE} for a root. */
  public final int parent(int node) {
    return parents[node];
  }

  /** The parent of every node, {@link #NONE} for roots: the whole forest in a compact form. */
  public final int[] parents() {
    return parents.clone();
  }

  /** Whether a node has no children. */
  public final boolean isLeaf(int node) {
    return childStarts[node + 1] == childStarts[node + 2];
  }

  /** The children of a node, ascending; those of {@link #NONE} are the roots. */
  public final int[] children(int node) {
    return Arrays.copyOfRange(families, childStarts[node + 1], childStarts[node + 2]);
  }

  /**
   * For each node, the nodes that have the same parent, itself included and ascending; the roots are siblings. Siblings
   * share one array, so that a wide forest takes no more memory than a deep one.
   */
  public final int[][] siblings() {
    var siblings = new int[size()][];
    for (int parent = NONE; parent < size(); parent++) {
      int[] family = children(parent);
      for (int node : family) {
        siblings[node] = family;
      }
    }
    return siblings;
  }

  /** The nodes above a node from its root down, without itself. */
  public final int[] ancestors(int node) {
    return upwards(parents[node], levels[node] - 1);
  }

  /** The nodes from the root above a node down to it, itself included. */
  public final int[] path(int node) {
    return upwards(node, levels[node]);
  }

  private int[] upwards(int node, int count) {
    var path = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      path[i] = node;
      node = parents[node];
    }
    return path;
  }

  /** These nodes and all of their ancestors, ascending. */
  public final int[] withAncestors(int... nodes) {
    return Arrays.stream(nodes)
        .flatMap(node -> IntStream.iterate(node, above -> above != NONE, above -> parents[above]))
        .distinct()
        .sorted()
        .toArray();
  }

  /** The ancestor of a node at a level, itself if it is at that level, or {@link #NONE} if the node is higher. */
  public final int ancestorAt(int node, int level) {
    if (levels[node] < level) {
      return NONE;
    }
    int ancestor = node;
    for (int above = levels[node] - level; above > 0; above--) {
      ancestor = parents[ancestor];
    }
    return ancestor;
  }

  /** The nodes of a level, ascending. */
  public final int[] nodesAt(int level) {
    return level < 1 || level > depth
        ? new int[0]
        : Arrays.copyOfRange(topDown, levelStarts[level - 1], levelStarts[level]);
  }

  /** The nodes of each level, from the roots down. */
  public final List<int[]> byLevel() {
    return IntStream.rangeClosed(1, depth).mapToObj(this::nodesAt).toList();
  }

  /** All nodes in an order in which parents come before their children: by level, ascending within one. */
  public final int[] topDown() {
    return topDown.clone();
  }

  /** The number of edges between two nodes; roots are joined by a node above them all. */
  public final int distance(int a, int b) {
    int edges = 0;
    while (a != b) {
      if (a != NONE && (b == NONE || levels[a] >= levels[b])) {
        a = parents[a];
      } else {
        b = parents[b];
      }
      edges++;
    }
    return edges;
  }
}
