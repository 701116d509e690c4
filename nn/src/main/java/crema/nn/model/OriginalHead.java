package crema.nn.model;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.nn.ParameterSource;
import crema.tensor.Sequences;

/** The head that the original model for sequence classification has, with its state-dict keys. */
final class OriginalHead extends ClassificationHead {
  private final SequenceHead head;

  OriginalHead(ParameterSource source, TextEncoderConfig encoder, int numLabels) {
    head = inline(encoder.createHead(source, numLabels));
  }

  @Override
  Variable forward(Tape tape, TextClassifier.Embeddings embeddings, Sequences sequences) {
    return head.forward(tape, embeddings.tokens(), sequences);
  }
}
