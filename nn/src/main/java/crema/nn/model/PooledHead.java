package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.tensor.Sequences;

/** A head that reads the pooled vector of a text and nothing else of it. */
abstract sealed class PooledHead extends ClassificationHead permits CosineHead, LinearHead, MlpHead,
    NormalizedHead, ResidualHead {
  /**
   * {@code [sequences, numLabels]}.
   *
   * @param pooled one vector a sequence, {@code [sequences, features]}
   */
  abstract Variable forward(Tape tape, Variable pooled);

  @Override
  final Variable forward(Tape tape, TextClassifier.Embeddings embeddings, Sequences sequences) {
    return forward(tape, embeddings.pooled());
  }
}
