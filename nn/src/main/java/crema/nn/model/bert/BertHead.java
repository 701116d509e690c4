package crema.nn.model.bert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.SequenceHead;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import crema.tensor.Sequences;

/**
 * The head of Hugging Face's {@code BertForSequenceClassification}: of the first token linear and tanh, the pooler;
 * dropout, linear. State-dict keys: {@code bert.pooler.dense}, {@code classifier}.
 */
final class BertHead extends SequenceHead {
  private final Linear pooler;
  private final Dropout dropout;
  private final Linear classifier;

  BertHead(ParameterSource source, BertConfig config, int numLabels) {
    int hidden = config.hiddenSize();
    var zero = new Initializer.Constant(0);
    pooler = module("bert.pooler.dense", new Linear(source, hidden, hidden, config.initializer(), zero));
    dropout = new Dropout((float) config.classifierDropout());
    classifier = module("classifier", new Linear(source, hidden, numLabels, config.initializer(), zero));
  }

  @Override
  public Variable forward(Tape tape, Variable tokens, Sequences sequences) {
    Variable first = Pool.apply(tape, Pooling.FIRST, tokens, sequences);
    return classifier.forward(tape, dropout.forward(tape, pooler.forward(tape, first, Activation.TANH)));
  }
}
