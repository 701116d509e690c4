package crema.nn.model.qwen3;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.SequenceHead;
import crema.tensor.Pooling;
import crema.tensor.Sequences;

/**
 * The head of Hugging Face's {@code Qwen3ForSequenceClassification}: of the last token linear without a bias.
 * State-dict key: {@code score}.
 */
final class Qwen3Head extends SequenceHead {
  private final Linear score;

  Qwen3Head(ParameterSource source, Qwen3Config config, int numLabels) {
    score = module("score", new Linear(source, config.hiddenSize(), numLabels, config.initializer(), null));
  }

  @Override
  public Variable forward(Tape tape, Variable tokens, Sequences sequences) {
    return score.forward(tape, Pool.apply(tape, Pooling.LAST, tokens, sequences));
  }
}
