package crema.nn.model.prenorm;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Pool;
import crema.nn.Initializer;
import crema.nn.Linear;
import crema.nn.ParameterSource;
import crema.nn.model.SequenceHead;
import crema.nn.model.prenorm.EuroBertConfig.ClassifierPooling;
import crema.tensor.Activation;
import crema.tensor.Pooling;
import crema.tensor.Sequences;

/**
 * The head of Hugging Face's {@code EuroBertForSequenceClassification}: linear, GELU, linear, of the first token or the
 * mean of all, or of each token with the mean afterwards. State-dict keys: {@code dense}, {@code classifier}.
 */
final class EuroBertHead extends SequenceHead {
  static final String DENSE = "dense";
  static final String CLASSIFIER = "classifier";

  private final ClassifierPooling pooling;
  private final Linear dense;
  private final Linear classifier;

  EuroBertHead(ParameterSource source, EuroBertConfig config, int numLabels) {
    pooling = config.classifierPooling();
    int hidden = config.hiddenSize();
    dense = module(DENSE, new Linear(source, hidden, hidden, config.initializer(), new Initializer.Constant(0)));
    classifier = module(CLASSIFIER,
        new Linear(source, hidden, numLabels, config.initializer(), new Initializer.Constant(0)));
  }

  @Override
  public Variable forward(Tape tape, Variable tokens, Sequences sequences) {
    return switch (pooling) {
      case BOS -> logits(tape, Pool.apply(tape, Pooling.FIRST, tokens, sequences));
      case MEAN -> logits(tape, Pool.apply(tape, Pooling.MEAN, tokens, sequences));
      case LATE -> Pool.apply(tape, Pooling.MEAN, logits(tape, tokens), sequences);
    };
  }

  private Variable logits(Tape tape, Variable x) {
    return classifier.forward(tape, dense.forward(tape, x, Activation.GELU));
  }
}
