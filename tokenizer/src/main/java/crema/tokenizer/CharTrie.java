package crema.tokenizer;

import java.util.Arrays;

/**
 * Strings with a number each, found char by char: a trie whose edges are one open-addressing hash table in flat arrays.
 * A double array would spread the thousands of characters of a multilingual vocabulary over as many slots a node.
 * Immutable once built.
 */
final class CharTrie {
  /** The node of the empty string. */
  static final int ROOT = 0;
  /** What {@link #child} returns where there is no child, and {@link #value} where no string ends. */
  static final int NONE = -1;

  private static final long EMPTY = -1;

  /** {@code node << 16 | char} of each edge, or EMPTY; at most half full. */
  private long[] edges = emptyEdges(64);
  private int[] children = new int[64];
  private int[] values = new int[32];
  private int nodes = 1;

  CharTrie() {
    values[ROOT] = NONE;
  }

  /** Adds a string; of the same string added twice, the later value counts. */
  void add(String string, int value) {
    var node = ROOT;
    for (int i = 0; i < string.length(); i++) {
      node = addChild(node, string.charAt(i));
    }
    values[node] = value;
  }

  /** Returns the node that a char leads to, or NONE. */
  int child(int node, char c) {
    var key = (long) node << 16 | c;
    var slot = slot(key, edges.length);
    while (edges[slot] != key) {
      if (edges[slot] == EMPTY) {
        return NONE;
      }
      slot = slot + 1 & edges.length - 1;
    }
    return children[slot];
  }

  /** Returns the node that a string leads to from a node, or NONE. */
  int descend(int node, CharSequence string) {
    var reached = node;
    for (int i = 0; i < string.length() && reached != NONE; i++) {
      reached = child(reached, string.charAt(i));
    }
    return reached;
  }

  /** Returns the node that {@code text[from, to)} leads to from a node, or NONE. */
  int descend(int node, char[] text, int from, int to) {
    var reached = node;
    for (int i = from; i < to && reached != NONE; i++) {
      reached = child(reached, text[i]);
    }
    return reached;
  }

  /** Returns the value of the string that ends at a node, or NONE. */
  int value(int node) {
    return values[node];
  }

  private int addChild(int node, char c) {
    var known = child(node, c);
    if (known != NONE) {
      return known;
    }
    if (2 * (long) (nodes + 1) > edges.length) {
      grow();
    }
    if (nodes == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(nodes, 2));
    }
    put(edges, children, (long) node << 16 | c, nodes);
    values[nodes] = NONE;
    return nodes++;
  }

  private void grow() {
    var capacity = Math.multiplyExact(edges.length, 2);
    var newEdges = emptyEdges(capacity);
    var newChildren = new int[capacity];
    for (int i = 0; i < edges.length; i++) {
      if (edges[i] != EMPTY) {
        put(newEdges, newChildren, edges[i], children[i]);
      }
    }
    edges = newEdges;
    children = newChildren;
  }

  private static void put(long[] edges, int[] children, long key, int child) {
    var slot = slot(key, edges.length);
    while (edges[slot] != EMPTY) {
      slot = slot + 1 & edges.length - 1;
    }
    edges[slot] = key;
    children[slot] = child;
  }

  private static int slot(long key, int length) {
    var mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & length - 1;
  }

  private static long[] emptyEdges(int length) {
    var edges = new long[length];
    Arrays.fill(edges, EMPTY);
    return edges;
  }
}
