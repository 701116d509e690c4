package crema.cuda;

import crema.base.Rng;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The branch of a residual connection, as its kernels take it.
 *
 * @param values {@code [tokens, features]}
 * @param gamma {@code [features]}, or null for ones
 * @param sequences how the tokens are cut
 * @param p the probability that a sequence's branch is dropped
 * @param random draws the sequences; null only when p is 0
 */
record Branch(Tensor values, @Nullable Tensor gamma, Sequences sequences, float p, Rng.@Nullable Stream random) {
  /** Appends branch, gamma, cuSeqlens, sequences, p, state and op. */
  Launch pack(Launch launch) {
    return launch.in(values).in(gamma).in(sequences.cuSeqlens()).i32(sequences.count()).f32(p).random(random);
  }
}
