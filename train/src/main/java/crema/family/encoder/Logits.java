package crema.family.encoder;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.data.PackedBatch;
import crema.nn.model.TextClassifier;
import crema.tensor.Sequences;

/** How the logits of examples of one data set are made. */
@FunctionalInterface
public interface Logits {
  /** {@code [sequences, labels]}. */
  Variable of(Tape tape, PackedBatch batch);

  /** By the whole model, from tokens. */
  static Logits of(TextClassifier model) {
    return (tape, batch) -> model.forward(tape, tape.scope().ints(batch.ids(), batch.tokens()),
        Sequences.of(tape.scope(), batch.cuSeqlens()));
  }
}
