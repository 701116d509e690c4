package crema.bench;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.transformer.IdEmbedding;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.NormalInitializer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Training steps of the network of {@link BertStep} in PyTorch, made of the blocks of DJL, on batches that are padded
 * to their longest text, as PyTorch's users do.
 *
 * <p>Arguments: {@code minilm|bert-base IDS [BATCH [STEPS]]}. PyTorch takes its number of threads from
 * {@code OMP_NUM_THREADS}.
 */
public final class TorchStep {
  private TorchStep() {}

  /** Runs the benchmark. */
  public static void main(String[] args) throws IOException {
    var size = TrainingTitles.Size.named(args[0]);
    var config = new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
        .optInitializer(new NormalInitializer(0.02f), parameter -> parameter.getName().endsWith("weight"))
        .optOptimizer(Optimizer.adamW().optLearningRateTracker(Tracker.fixed((float) TrainingTitles.LEARNING_RATE))
            .optWeightDecays((float) TrainingTitles.WEIGHT_DECAY).build());
    try (var model = Model.newInstance("bert", "PyTorch")) {
      model.setBlock(new Classifier(size));
      try (Trainer trainer = model.newTrainer(config)) {
        trainer.initialize(new Shape(1, 8), new Shape(1, 8));
        TrainingTitles.measure("pytorch", args, batch -> step(trainer, batch));
      }
    }
  }

  private static double step(Trainer trainer, TrainingTitles.Batch batch) {
    int rows = batch.texts().size();
    int longest = batch.longest();
    var ids = new long[rows * longest];
    var mask = new long[rows * longest];
    for (int row = 0; row < rows; row++) {
      int[] text = batch.texts().get(row);
      for (int i = 0; i < text.length; i++) {
        ids[row * longest + i] = text[i];
        mask[row * longest + i] = 1;
      }
    }
    try (NDManager manager = trainer.getManager().newSubManager()) {
      NDArray idTensor = manager.create(ids, new Shape(rows, longest));
      NDArray maskTensor = manager.create(mask, new Shape(rows, longest));
      NDArray labels = manager.create(batch.labels());
      NDArray loss;
      try (var collector = trainer.newGradientCollector()) {
        NDList logits = trainer.forward(new NDList(idTensor, maskTensor));
        logits.attach(manager);
        loss = trainer.getLoss().evaluate(new NDList(labels), logits);
        loss.attach(manager);
        collector.backward(loss);
      }
      double value = loss.getFloat();
      trainer.step();
      return value;
    }
  }

  /** A BERT, the mean of its tokens, and a linear layer. */
  private static final class Classifier extends AbstractBlock {
    /** What is added to the logits of padding, as DJL's own BERT has it. */
    private static final float HIDDEN = -100_000;

    private final int hidden;
    private final List<IdEmbedding> embeddings = new ArrayList<>();
    private final Block normalization;
    private final List<Block> layers = new ArrayList<>();
    private final Block head;

    Classifier(TrainingTitles.Size size) {
      hidden = size.hidden();
      for (int rows : new int[] {TrainingTitles.VOCABULARY, TrainingTitles.POSITIONS, 2}) {
        embeddings.add(addChildBlock("embedding",
            new IdEmbedding.Builder().setDictionarySize(rows).setEmbeddingSize(hidden).build()));
      }
      float dropout = (float) TrainingTitles.DROPOUT;
      normalization = addChildBlock("normalization", new SequentialBlock().add(LayerNorm.builder().axis(2).build())
          .add(Dropout.builder().optRate(dropout).build()));
      for (int layer = 0; layer < size.layers(); layer++) {
        layers.add(addChildBlock("layer", new TransformerEncoderBlock(hidden, size.heads(), size.ffn(), dropout,
            Activation::gelu)));
      }
      head = addChildBlock("head", Linear.builder().setUnits(TrainingTitles.LABELS).build());
    }

    @Override
    public void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
      Shape tokens = inputs[0].add(hidden);
      embeddings.forEach(embedding -> embedding.initialize(manager, type, inputs[0]));
      normalization.initialize(manager, type, tokens);
      layers.forEach(layer -> layer.initialize(manager, type, tokens));
      head.initialize(manager, type, new Shape(inputs[0].get(0), hidden));
    }

    @Override
    protected NDList forwardInternal(ParameterStore store, NDList inputs, boolean training,
        PairList<String, Object> params) {
      NDArray ids = inputs.get(0);
      NDArray mask = inputs.get(1).toType(DataType.FLOAT32, false);
      NDArray positions = ids.getManager().arange(0, ids.getShape().get(1), 1, DataType.INT64).expandDims(0);
      NDArray sum = embed(store, 0, ids, training).add(embed(store, 1, positions, training))
          .add(embed(store, 2, ids.zerosLike(), training));
      NDArray tokens = normalization.forward(store, new NDList(sum), training).get(0);
      NDArray offsets = mask.sub(1).mul(-HIDDEN).expandDims(1).expandDims(1);
      for (Block layer : layers) {
        tokens = layer.forward(store, new NDList(tokens, offsets), training).get(0);
      }
      NDArray weights = mask.expandDims(2);
      NDArray mean = tokens.mul(weights).sum(new int[] {1}).div(weights.sum(new int[] {1}));
      return head.forward(store, new NDList(mean), training);
    }

    private NDArray embed(ParameterStore store, int table, NDArray ids, boolean training) {
      return embeddings.get(table).forward(store, new NDList(ids), training).get(0);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
      return new Shape[] {new Shape(inputs[0].get(0), TrainingTitles.LABELS)};
    }
  }
}
