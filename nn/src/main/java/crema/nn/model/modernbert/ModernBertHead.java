package crema.nn.model.modernbert;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Dropout;
import crema.nn.Initializer;
import crema.nn.LayerNorm;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.SequenceHead;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import crema.tensor.Sequences;

/**
 * The head of Hugging Face's {@code ModernBertForSequenceClassification}: of the first token, or the mean of all,
 * linear, activation, norm, dropout, linear. State-dict keys: {@code head.dense}, {@code head.norm},
 * {@code classifier}.
 */
final class ModernBertHead extends SequenceHead {
  private final Pooling pooling;
  private final Linear dense;
  private final Activation activation;
  private final LayerNorm norm;
  private final Dropout dropout;
  private final Linear classifier;

  ModernBertHead(ParameterSource source, ModernBertConfig config, int numLabels) {
    pooling = config.classifierPooling();
    dense = module("head.dense", config.headDense(source));
    activation = config.classifierActivation();
    norm = module("head.norm", config.norm(source));
    dropout = new Dropout((float) config.dropouts().classifier());
    classifier = module("classifier",
        new Linear(source, config.hiddenSize(), numLabels, config.initializer(), new Initializer.Constant(0)));
  }

  @Override
  public Variable forward(Tape tape, Variable tokens, Sequences sequences) {
    Variable pooled = Pool.apply(tape, pooling, tokens, sequences);
    Variable transformed = norm.forward(tape, dense.forward(tape, pooled, activation));
    return classifier.forward(tape, dropout.forward(tape, transformed));
  }
}
