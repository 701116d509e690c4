package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.Module;
import crema.tensor.Sequences;
import crema.tensor.Tensor;

/** Makes a vector of each token in its context: the part of a model that architectures differ in. */
public interface TextEncoder {
  /**
   * One vector a token, {@code [tokens, features]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut
   */
  Variable forward(Tape tape, Tensor ids, Sequences sequences);

  /** The number of features of a vector. */
  int features();

  /** The encoder's parameters. */
  Module module();
}
