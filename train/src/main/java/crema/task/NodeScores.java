package crema.task;

import crema.data.Taxonomy;

/**
 * What a model says of the nodes of a taxonomy for one text.
 *
 * @param taxonomy the nodes
 * @param probabilities {@code [nodes]}, how probable it is that the text belongs to a node or to one below it
 * @param evidence {@code [nodes]}, what each node adds to the logarithm of a path's probability; the sums over the
 *     nodes of two paths say which one is more probable
 */
public record NodeScores(Taxonomy taxonomy, double[] probabilities, double[] evidence) {
  /** Checks that there is one value a node. */
  public NodeScores {
    if (probabilities.length != taxonomy.size() || evidence.length != taxonomy.size()) {
      throw new IllegalArgumentException("a taxonomy of " + taxonomy.size() + " nodes, but " + probabilities.length
          + " probabilities and " + evidence.length + " values of evidence");
    }
  }
}
