package crema.task;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * How the scores of a taxonomy's nodes become an answer. Whatever the decoding, the ancestors of a node in the answer
 * are in it too. Of equally good nodes the first is taken.
 */
public sealed interface Decoding {
  /**
   * The nodes of the answer, ascending; if it is one path, that is from its root down.
   *
   * @param scores of one text
   * @param ends the nodes at which a path may end: all leaves, and further nodes that texts may have as their label
   */
  int[] decode(NodeScores scores, BitSet ends);

  /** The same with a function of its threshold, if it has one. */
  default Decoding withThreshold(DoubleUnaryOperator change) {
    return switch (this) {
      case TopDown(double threshold) -> new TopDown(change.applyAsDouble(threshold));
      case Consistent(double threshold, boolean atLeastOne) ->
          new Consistent(change.applyAsDouble(threshold), atLeastOne);
      case Argmax _ -> this;
      case BestPath _ -> this;
    };
  }

  /** The most probable leaf with its ancestors, whatever the scores of these. */
  record Argmax() implements Decoding {
    @Override
    public int[] decode(NodeScores scores, BitSet ends) {
      var taxonomy = scores.taxonomy();
      return taxonomy.path(best(scores.probabilities(), IntStream.range(0, taxonomy.size()).filter(taxonomy::isLeaf)));
    }
  }

  /**
   * Down from the most probable root to the most probable of its children, and so on to a leaf. What is decided on one
   * level is not taken back on the next.
   *
   * @param threshold a path ends before a child less probable than this, if it may end there; 0 goes down to a leaf
   */
  record TopDown(double threshold) implements Decoding {
    @Override
    public int[] decode(NodeScores scores, BitSet ends) {
      var taxonomy = scores.taxonomy();
      double[] probabilities = scores.probabilities();
      int node = best(probabilities, Arrays.stream(taxonomy.nodesAt(1)));
      while (!taxonomy.isLeaf(node)) {
        int child = best(probabilities, Arrays.stream(taxonomy.children(node)));
        if (ends.get(node) && probabilities[child] < threshold) {
          break;
        }
        node = child;
      }
      return taxonomy.path(node);
    }
  }

  /**
   * All nodes that reach a threshold together with all of their ancestors: any number of paths, which may end anywhere.
   *
   * @param threshold the least probability of a node in the answer
   * @param atLeastOne whether the most probable root is the answer where no root reaches the threshold
   */
  record Consistent(double threshold, boolean atLeastOne) implements Decoding {
    @Override
    public int[] decode(NodeScores scores, BitSet ends) {
      var taxonomy = scores.taxonomy();
      double[] probabilities = scores.probabilities();
      var reached = new BitSet(taxonomy.size());
      for (int node = 0; node < taxonomy.size(); node++) {
        int parent = taxonomy.parent(node);
        reached.set(node, probabilities[node] >= threshold && (parent < 0 || reached.get(parent)));
      }
      if (reached.isEmpty() && atLeastOne) {
        reached.set(best(probabilities, Arrays.stream(taxonomy.nodesAt(1))));
      }
      return reached.stream().toArray();
    }
  }

  /**
   * The most probable of all paths, of any length: the one with the largest sum of {@linkplain NodeScores#evidence
   * evidence}.
   */
  record BestPath() implements Decoding {
    @Override
    public int[] decode(NodeScores scores, BitSet ends) {
      var taxonomy = scores.taxonomy();
      var sums = scores.evidence().clone();
      for (int node = 0; node < sums.length; node++) {
        int parent = taxonomy.parent(node);
        sums[node] += parent < 0 ? 0 : sums[parent];
      }
      return taxonomy.path(best(sums, ends.stream()));
    }
  }

  /** The node with the highest score, of equal ones the first. */
  private static int best(double[] scores, IntStream nodes) {
    return nodes.reduce((best, node) -> scores[node] > scores[best] ? node : best).orElseThrow();
  }
}
