package crema.task;

import crema.data.LabelSet;
import crema.data.Taxonomy;
import crema.nn.loss.Link;
import java.util.BitSet;
import java.util.stream.IntStream;

/** Answers with nodes of a taxonomy, from the logits of all nodes. Immutable. */
public final class TreeDecoder {
  private final Taxonomy taxonomy;
  private final Link link;
  private final Decoding decoding;
  private final BitSet ends;

  /**
   * A decoder.
   *
   * @param taxonomy its nodes are the columns of the logits
   * @param labels the labels that rows have: leaves, or nodes above if the depth varies. A softmax cannot tell that a
   *     text belongs to a node and to none of its children: then paths end at leaves alone
   * @param link what the logits mean
   * @param decoding what to answer
   */
  public TreeDecoder(Taxonomy taxonomy, LabelSet labels, Link link, Decoding decoding) {
    this.taxonomy = taxonomy;
    this.link = link;
    this.decoding = decoding;
    ends = new BitSet(taxonomy.size());
    IntStream.range(0, taxonomy.size())
        .filter(node -> taxonomy.isLeaf(node)
            || (link.endsAboveLeaves() && labels.indexOf(taxonomy.name(node)) >= 0))
        .forEach(ends::set);
  }

  /** The taxonomy whose nodes are answered with. */
  public Taxonomy taxonomy() {
    return taxonomy;
  }

  /**
   * What the logits of one text say.
   *
   * @param logits {@code [nodes]}
   */
  public NodeScores scores(float[] logits) {
    Link.Scores scores = link.scores(taxonomy, logits);
    return new NodeScores(taxonomy, scores.probabilities(), scores.evidence());
  }

  /** The nodes of the answer, ascending; if it is one path, that is from its root down. */
  public int[] decode(NodeScores scores) {
    return decoding.decode(scores, ends);
  }

  /** The nodes of the answer for the logits of one text. */
  public int[] decode(float[] logits) {
    return decode(scores(logits));
  }
}
