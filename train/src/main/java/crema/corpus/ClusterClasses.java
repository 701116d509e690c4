package crema.corpus;

import crema.base.CounterRandom;
import crema.base.UserError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The table that gives clusters of offers a class each: 14 bytes a cluster of the classes that are wanted, in open
 * addressing with linear probing; others are counted and left out. A cluster to which it gives two of the wanted classes has
 * none.
 */
final class ClusterClasses {
  /** Marks a place as free. */
  private static final byte FREE = 0;
  /** A cluster of two classes. */
  private static final byte CONTRADICTED = -1;

  private static final double FULL = 0.75;
  /** Names of other classes are kept up to so many. */
  private static final int MOST_OTHERS = 100;
  private static final String REST = "(more classes)";

  private final List<String> classes;
  private final byte[][] names;
  private long[] clusters = new long[1 << 10];
  /** One more than the number of the class. */
  private byte[] labels = new byte[1 << 10];
  private int size;
  private int contradicted;
  private final Map<String, Long> others = new TreeMap<>();
  private long badLines;

  /**
   * An empty table.
   *
   * @param classes those that are wanted, at most 100
   */
  ClusterClasses(List<String> classes) {
    this.classes = List.copyOf(classes);
    names = classes.stream().map(name -> name.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  /** The classes that are wanted. */
  List<String> classes() {
    return classes;
  }

  /** How many clusters have a class, those of two included. */
  int size() {
    return size;
  }

  /** How many clusters have two classes, and so none. */
  int contradicted() {
    return contradicted;
  }

  /** How many lines other classes have, by their names. */
  Map<String, Long> others() {
    return others;
  }

  /** How many lines were not understood. */
  long badLines() {
    return badLines;
  }

  /** Counts a line that is not understood. */
  void addBadLine() {
    badLines++;
  }

  /** Gives a cluster the class whose name is in some bytes, without white space around it. */
  void put(long cluster, byte[] name, int nameFrom, int nameTo) {
    int from = nameFrom;
    int to = nameTo;
    while (from < to && ObjectScanner.isBlank(name[from])) {
      from++;
    }
    while (from < to && ObjectScanner.isBlank(name[to - 1])) {
      to--;
    }
    for (int i = 0; i < names.length; i++) {
      if (Arrays.equals(names[i], 0, names[i].length, name, from, to)) {
        put(cluster, (byte) (i + 1));
        return;
      }
    }
    String other = new String(name, from, Math.min(to - from, 100), StandardCharsets.UTF_8);
    others.merge(others.size() < MOST_OTHERS || others.containsKey(other) ? other : REST, 1L, Long::sum);
  }

  private void put(long cluster, byte label) {
    int slot = slot(cluster);
    if (labels[slot] == FREE) {
      clusters[slot] = cluster;
      labels[slot] = label;
      if (++size > FULL * clusters.length) {
        grow();
      }
    } else if (labels[slot] != label && labels[slot] != CONTRADICTED) {
      labels[slot] = CONTRADICTED;
      contradicted++;
    }
  }

  private void grow() {
    long[] oldClusters = clusters;
    byte[] oldLabels = labels;
    if (oldClusters.length > 1 << 28) {
      throw new UserError(String.format(Locale.ROOT,
          "the table has more than %,d clusters of the wanted classes", size));
    }
    clusters = new long[2 * oldClusters.length];
    labels = new byte[2 * oldLabels.length];
    for (int i = 0; i < oldClusters.length; i++) {
      if (oldLabels[i] != FREE) {
        int slot = slot(oldClusters[i]);
        clusters[slot] = oldClusters[i];
        labels[slot] = oldLabels[i];
      }
    }
  }

  /** How many places there are for clusters. */
  int places() {
    return clusters.length;
  }

  /** The place of a cluster that has one class, or -1. */
  int place(long cluster) {
    int slot = slot(cluster);
    return labels[slot] > FREE ? slot : -1;
  }

  /** Whether a place has a cluster of one class. */
  boolean isTaken(int place) {
    return labels[place] > FREE;
  }

  /** The cluster at a place. */
  long cluster(int place) {
    return clusters[place];
  }

  /** The number of the class of the cluster at a place. */
  int label(int place) {
    return labels[place] - 1;
  }

  private int slot(long cluster) {
    int mask = clusters.length - 1;
    int slot = (int) CounterRandom.bits(cluster, 0, 0) & mask;
    while (labels[slot] != FREE && clusters[slot] != cluster) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }
}
