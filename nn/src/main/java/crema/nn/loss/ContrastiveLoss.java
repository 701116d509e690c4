package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * The contrastive loss of Hadsell, Chopra and LeCun ("Dimensionality Reduction by Learning an Invariant Mapping", CVPR
 * 2006, equation 4) with the cosine distance d = 1 − cosine, as sentence-transformers have it: the mean over pairs of
 *
 * <pre>
 *   ½ · (s · d² + (1 − s) · max(margin − d, 0)²)
 * </pre>
 *
 * <p>where s is the pair's similarity. Instead of logits it takes embeddings {@code [rows, hidden]}; it takes
 * {@link Targets.Pairs}.
 *
 * @param margin how far apart texts are to be that are not similar, at least 0
 */
public record ContrastiveLoss(double margin) implements Loss, PairTargets.Term {
  /** Checks the range. */
  public ContrastiveLoss {
    Checks.atLeastZero("contrastive margin", margin);
  }

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    PairTargets pairs = PairTargets.of("contrastive loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> pairs.mean(this, x, gradient));
  }

  @Override
  public double value(double cosine, double similarity) {
    double distance = 1 - cosine;
    double missing = Math.max(margin - distance, 0);
    return 0.5 * (similarity * distance * distance + (1 - similarity) * missing * missing);
  }

  @Override
  public double slope(double cosine, double similarity) {
    double distance = 1 - cosine;
    return (1 - similarity) * Math.max(margin - distance, 0) - similarity * distance;
  }
}
