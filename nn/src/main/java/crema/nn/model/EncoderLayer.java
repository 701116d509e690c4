package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.tensor.Sequences;

/** A layer of a {@link TextEncoder}: what is frozen, given a learning rate of its own, or recomputed as one. */
public abstract class EncoderLayer extends Module {
  /** A layer whose constructor registers its parts. */
  protected EncoderLayer() {}

  /** {@code [tokens, hiddenSize]} from x {@code [tokens, hiddenSize]}. */
  public abstract Variable forward(Tape tape, Variable x, Sequences sequences);
}
