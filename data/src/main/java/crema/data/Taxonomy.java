package crema.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A forest of labels, made of paths such as {@code Food > Fruit > Apples}.
 *
 * <p>Every prefix of a path is a node, and a node's name is its whole path, so equal segments under different parents
 * are different nodes. Nodes are numbered in preorder with siblings sorted by name: a parent comes before its children,
 * and the nodes below one are a contiguous range of numbers. Immutable.
 */
public final class Taxonomy {
  private final List<String> names;
  private final Map<String, Integer> indices;
  private final String separator;
  private final int[] parents;
  private final int[] levels;
  private final int[] ends;
  private final int[][] children;
  private final int depth;

  private Taxonomy(Collection<List<String>> nodes, String separator) {
    this.separator = separator;
    int size = nodes.size();
    parents = new int[size];
    levels = new int[size];
    ends = new int[size];
    indices = HashMap.newHashMap(size);
    var sorted = new ArrayList<String>(size);
    for (var path : nodes) {
      int node = sorted.size();
      var name = String.join(separator, path);
      sorted.add(name);
      indices.put(name, node);
      levels[node] = path.size();
      parents[node] = path.size() == 1
          ? -1
          : indices.getOrDefault(String.join(separator, path.subList(0, path.size() - 1)), -1);
    }
    names = List.copyOf(sorted);
    var grouped = new ArrayList<List<Integer>>(size);
    for (int node = 0; node < size; node++) {
      grouped.add(new ArrayList<>());
    }
    for (int node = size - 1; node >= 0; node--) {
      ends[node] = Math.max(ends[node], node + 1);
      if (parents[node] >= 0) {
        ends[parents[node]] = Math.max(ends[parents[node]], ends[node]);
        grouped.get(parents[node]).addFirst(node);
      }
    }
    children = grouped.stream().map(Taxonomy::toArray).toArray(int[][]::new);
    depth = Arrays.stream(levels).max().orElse(0);
  }

  /**
   * The taxonomy that has the given paths and their ancestors.
   *
   * @param paths paths as {@link LabelFormat#path} spells them; the order does not matter
   * @param separator the separator of segments as given to the label format
   * @throws DataException if a path has an empty segment
   */
  public static Taxonomy of(Collection<String> paths, String separator) {
    var nodes = new TreeSet<List<String>>(Taxonomy::compare);
    var pattern = Pattern.compile(Pattern.quote(separator.strip()));
    for (var path : paths) {
      var segments = Arrays.stream(pattern.split(path, -1)).map(String::strip).toList();
      if (segments.contains("")) {
        throw new DataException("the label path '" + path + "' has an empty segment");
      }
      for (int length = 1; length <= segments.size(); length++) {
        nodes.add(segments.subList(0, length));
      }
    }
    return new Taxonomy(nodes, separator);
  }

  /** The number of nodes. */
  public int size() {
    return names.size();
  }

  /** The path of a node. */
  public String name(int node) {
    return names.get(node);
  }

  /** The last segment of a node's path. */
  public String segment(int node) {
    int parent = parents[node];
    return parent < 0 ? names.get(node) : names.get(node).substring(names.get(parent).length() + separator.length());
  }

  /** The node of a path, or -1. */
  public int indexOf(String path) {
    return indices.getOrDefault(path, -1);
  }

  /** The number of levels. */
  public int depth() {
    return depth;
  }

  /** The level of a node: 1 for a root. */
  public int level(int node) {
    return levels[node];
  }

  /** The parent of a node, or -1 for a root. */
  public int parent(int node) {
    return parents[node];
  }

  /** The children of a node, ascending. */
  public int[] children(int node) {
    return children[node].clone();
  }

  /** Whether a node has no children. */
  public boolean isLeaf(int node) {
    return children[node].length == 0;
  }

  /** The nodes above a node from its root down, without itself. */
  public int[] ancestors(int node) {
    var above = new int[levels[node] - 1];
    int ancestor = parents[node];
    for (int i = above.length - 1; i >= 0; i--) {
      above[i] = ancestor;
      ancestor = parents[ancestor];
    }
    return above;
  }

  /** The ancestor of a node on a level, itself if it is on that level, or -1 if the node is higher. */
  public int ancestorAt(int node, int level) {
    int ancestor = levels[node] < level ? -1 : node;
    while (ancestor >= 0 && levels[ancestor] > level) {
      ancestor = parents[ancestor];
    }
    return ancestor;
  }

  /** The nodes below a node, without itself, ascending. */
  public int[] descendants(int node) {
    return range(node + 1, ends[node]);
  }

  /** One more than the last node below a node: its descendants are {@code node + 1} up to, without, this. */
  public int descendantsEnd(int node) {
    return ends[node];
  }

  /** The nodes of a level, ascending. */
  public int[] nodesAt(int level) {
    var nodes = new ArrayList<Integer>();
    for (int node = 0; node < size(); node++) {
      if (levels[node] == level) {
        nodes.add(node);
      }
    }
    return toArray(nodes);
  }

  /** The parent of every node, -1 for roots: a compact form of the whole taxonomy. */
  public int[] parents() {
    return parents.clone();
  }

  /**
   * All nodes as labels, numbered as here. A node's count is the number of rows that have it or a node below it,
   * where a row has one path.
   *
   * @param leaves the labels of the rows; those that are no nodes are ignored
   */
  public LabelSet labels(LabelSet leaves) {
    var counts = new long[size()];
    for (int i = 0; i < leaves.size(); i++) {
      for (int node = indexOf(leaves.name(i)); node >= 0; node = parents[node]) {
        counts[node] += leaves.count(i);
      }
    }
    return LabelSet.of(names, counts);
  }

  private static int compare(List<String> a, List<String> b) {
    int shared = Math.min(a.size(), b.size());
    for (int i = 0; i < shared; i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Comparator.<Integer>naturalOrder().compare(a.size(), b.size());
  }

  private static int[] range(int from, int to) {
    var range = new int[to - from];
    Arrays.setAll(range, i -> from + i);
    return range;
  }

  private static int[] toArray(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
