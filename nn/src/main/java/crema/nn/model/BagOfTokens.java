package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Embedding;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Pooling;
import crema.tensor.Sequences;
import crema.tensor.Tensor;

/**
 * Logits of a text as a bag of tokens: embeddings of its own, their mean, linear. This is fastText's classifier (Joulin
 * et al., arXiv 1607.01759, section 2) on the encoder's tokens. Its vectors start near 0 and pass no norm, so that a
 * token that was hardly ever seen says hardly anything, where an encoder gives each token the same length. State-dict
 * keys: {@code embed_tokens}, {@code out_proj}.
 */
final class BagOfTokens extends Module {
  /**
   * Multiplies all embeddings. Adam moves a number by about the learning rate, however large its gradient is; one that
   * suits the encoder would be far too small for tokens that are seen a few times.
   */
  private static final float SCALE = 64;

  private final Embedding embedding;
  private final Linear output;

  BagOfTokens(ParameterSource source, int vocabSize, int size, int numLabels) {
    // Scaled, as small as fastText's initial vectors.
    embedding = module("embed_tokens", new Embedding(source, vocabSize, size, 1 / (SCALE * (double) size)));
    output = module("out_proj", new Linear(source, size, numLabels));
  }

  /**
   * {@code [sequences, numLabels]}.
   *
   * @param ids {@code I32 [tokens]}, each in [0, vocabSize)
   * @param sequences how the tokens are cut
   */
  Variable forward(Tape tape, Tensor ids, Sequences sequences) {
    return output.forward(tape, Pool.apply(tape, Pooling.MEAN, embedding.forward(tape, ids, SCALE), sequences));
  }
}
