package crema.bench;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.base.Rng;
import crema.nn.ParameterSource;
import crema.nn.loss.SoftmaxCrossEntropy;
import crema.nn.loss.Targets;
import crema.nn.model.Architecture;
import crema.nn.model.HeadConfig;
import crema.nn.model.TextClassifier;
import crema.nn.model.TextClassifierConfig;
import crema.nn.optim.AdamW;
import crema.tensor.Backend;
import crema.tensor.Pooling;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Training steps of a BERT with mean pooling and a linear head on uneven texts, in packed batches: forward, backward,
 * AdamW. {@link TorchStep} does the same in PyTorch.
 *
 * <p>Arguments: {@code minilm|bert-base IDS [BATCH [STEPS]]}. {@code THREADS} in the environment sets the number of
 * threads.
 */
public final class BertStep {
  private BertStep() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException {
    var size = TrainingTitles.Size.named(args[0]);
    try (var backend = EncoderBench.openBackend();
        var model = new TextClassifier(ParameterSource.random(backend, 1), config(size));
        var optimizer = new AdamW(model, TrainingTitles.WEIGHT_DECAY)) {
      var steps = new int[1];
      TrainingTitles.measure("crema", args, batch -> step(backend, model, optimizer, batch, steps[0]++));
    }
  }

  private static TextClassifierConfig config(TrainingTitles.Size size) {
    Map<String, Object> json = Map.of("model_type", "bert", "vocab_size", TrainingTitles.VOCABULARY,
        "hidden_size", size.hidden(), "num_hidden_layers", size.layers(), "num_attention_heads", size.heads(),
        "intermediate_size", size.ffn(), "max_position_embeddings", TrainingTitles.POSITIONS,
        "hidden_dropout_prob", TrainingTitles.DROPOUT, "attention_probs_dropout_prob", TrainingTitles.DROPOUT);
    var head = new HeadConfig(HeadConfig.Kind.LINEAR, size.hidden(), 0, true);
    return new TextClassifierConfig(Architecture.ofModel(json).read(json), Pooling.MEAN, head, 1,
        TrainingTitles.LABELS);
  }

  private static double step(Backend backend, TextClassifier model, AdamW optimizer, TrainingTitles.Batch batch,
      int step) {
    int[] ids = batch.texts().stream().flatMapToInt(Arrays::stream).toArray();
    var offsets = new int[batch.texts().size() + 1];
    for (int i = 0; i < batch.texts().size(); i++) {
      offsets[i + 1] = offsets[i] + batch.texts().get(i).length;
    }
    try (var scope = new Scope(backend)) {
      Tape tape = Tape.training(scope, new Rng(1, step));
      Variable logits = model.forward(tape, scope.ints(ids, ids.length), Sequences.of(scope, offsets));
      Variable loss = new SoftmaxCrossEntropy().apply(tape, logits, new Targets.Indices(batch.labels()));
      double value = loss.value().item();
      optimizer.step(tape.backward(loss), TrainingTitles.LEARNING_RATE, 1);
      return value;
    }
  }
}
