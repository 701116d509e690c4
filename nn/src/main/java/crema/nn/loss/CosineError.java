package crema.nn.loss;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.HostLoss;

/**
 * The mean over pairs of (cosine − similarity)², which sentence-transformers call CosineSimilarityLoss and SetFit trains
 * with (Reimers and Gurevych, "Sentence-BERT", EMNLP 2019, section 3; Tunstall et al., arXiv 2209.11055, section 3.1).
 *
 * <p>Instead of logits it takes embeddings {@code [rows, hidden]}; it takes {@link Targets.Pairs}.
 */
public record CosineError() implements Loss {
  private static final PairTargets.Term SQUARED_ERROR = new PairTargets.Term() {
    @Override
    public double value(double cosine, double similarity) {
      return (cosine - similarity) * (cosine - similarity);
    }

    @Override
    public double slope(double cosine, double similarity) {
      return 2 * (cosine - similarity);
    }
  };

  @Override
  public Variable apply(Tape tape, Variable embeddings, Targets targets) {
    PairTargets pairs = PairTargets.of("cosine-similarity loss", embeddings, targets);
    return HostLoss.apply(tape, embeddings, (x, gradient) -> pairs.mean(SQUARED_ERROR, x, gradient));
  }
}
