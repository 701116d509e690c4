package crema.data;

import crema.base.Forest;
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
public final class Taxonomy extends Forest {
  private final List<String> names;
  private final Map<String, Integer> indices;
  private final String separator;

  private Taxonomy(List<String> names, Map<String, Integer> indices, int[] parents, String separator) {
    super(parents);
    this.names = names;
    this.indices = indices;
    this.separator = separator;
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
    var names = new ArrayList<String>(nodes.size());
    var indices = HashMap.<String, Integer>newHashMap(nodes.size());
    var parents = new int[nodes.size()];
    for (var path : nodes) {
      var name = String.join(separator, path);
      parents[names.size()] = indices.getOrDefault(String.join(separator, path.subList(0, path.size() - 1)), NONE);
      indices.put(name, names.size());
      names.add(name);
    }
    return new Taxonomy(List.copyOf(names), indices, parents, separator);
  }

  /** The path of a node. */
  public String name(int node) {
    return names.get(node);
  }

  /** The last segment of a node's path. */
  public String segment(int node) {
    int parent = parent(node);
    return parent == NONE
        ? names.get(node)
        : names.get(node).substring(names.get(parent).length() + separator.length());
  }

  /** The node of a path, or {@link #NONE}. */
  public int indexOf(String path) {
    return indices.getOrDefault(path, NONE);
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
      for (int node = indexOf(leaves.name(i)); node != NONE; node = parent(node)) {
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
}
