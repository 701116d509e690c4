package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.tensor.Sequences;

/** Turns the vectors of texts into logits. */
abstract sealed class ClassificationHead extends Module permits OriginalHead, PooledHead {
  /** {@code [sequences, numLabels]}. */
  abstract Variable forward(Tape tape, TextClassifier.Embeddings x, Sequences sequences);
}
