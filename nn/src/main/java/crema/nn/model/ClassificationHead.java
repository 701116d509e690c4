package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;

/** Turns a pooled vector into logits. */
abstract sealed class ClassificationHead extends Module permits MlpHead, ResidualHead {
  /** {@code [rows, numLabels]} from x {@code [rows, hiddenSize]}. */
  abstract Variable forward(Tape tape, Variable x);
}
