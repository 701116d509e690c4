package crema.family.encoder;

import crema.base.json.JsonValues;
import crema.classify.CheckpointSettings;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.nn.ParameterSource;
import crema.nn.io.SafetensorsWriter;
import crema.nn.loss.ClassWeighting;
import crema.nn.loss.StandardLosses;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.bert.Bert;
import crema.nn.train.StopSignal;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.tensor.Backend;
import crema.tensor.BackendOptions;
import crema.tensor.Device;
import crema.tokenizer.Tokenizer;
import crema.tokenizer.TokenizerTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Training runs on some of the product titles, small enough for a test and large enough to learn something. */
public final class SmallRuns {
  /** The layers of {@link #bert}. */
  public static final int BERT_LAYERS = 3;

  /** The labels of {@link #bert}. */
  public static final int BERT_LABELS = 10;

  private static final int EVERY = 60;

  private SmallRuns() {}

  /** Writes every 60th product title to a CSV file: about 590 rows of ten categories. */
  public static Path titles(Path folder) throws IOException {
    var lines = new ArrayList<String>(List.of("title,category,cluster_id"));
    var number = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> {
      if (number[0]++ % EVERY == 0) {
        lines.add('"' + row.text().replace("\"", "\"\"") + "\"," + row.labels().getFirst() + "," + row.meta().group());
      }
    });
    return Files.write(folder.resolve("titles.csv"), lines);
  }

  /** Writes a BERT of random numbers with a head, in Hugging Face's layout. */
  public static Path bert(Path folder) throws IOException {
    Path place = Files.createDirectories(folder.resolve("bert"));
    var texts = new ArrayList<String>();
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> texts.add(row.text()));
    Tokenizer tokenizer = TokenizerTrainer.of(TokenizerTrainer.Kind.BPE).withVocabularySize(500).withLowercase(true)
        .train(texts.subList(0, 2000).stream());
    tokenizer.save(place.resolve("tokenizer.json"));
    var config = new Bert().read(Map.of("vocab_size", 500, "hidden_size", 32, "num_hidden_layers", BERT_LAYERS,
        "num_attention_heads", 4, "intermediate_size", 64, "max_position_embeddings", 48, "initializer_range", 0.1));
    try (Backend backend = backend(1);
        var model = new SequenceClassifier(ParameterSource.random(backend, 5), config, BERT_LABELS)) {
      SafetensorsWriter.write(place.resolve("model.safetensors"), model.stateDict(), Map.of("format", "pt"));
    }
    var json = new LinkedHashMap<String, Object>(config.toMap());
    json.put("model_type", "bert");
    Files.writeString(place.resolve("config.json"), JsonValues.toJson(json).toPrettyString());
    return place;
  }

  /** Which rows: some of the titles, for any family. */
  public static Settings rows(Settings settings, Path titles) {
    return settings.with(DataSettings.TRAIN, titles.toString()).with(DataSettings.TEXT, "title")
        .with(LabelSettings.LABEL, "category").with(DataSettings.LOWERCASE, true)
        .with(DataSettings.VALIDATION_FRACTION, 0.15).with(DataSettings.TEST_FRACTION, 0.15)
        .with(TrainingSettings.SEED, 3);
  }

  public static Settings config(Path titles) {
    return config(titles, 2, 2e-3);
  }

  public static Settings config(Path titles, int epochs, double learningRate) {
    return rows(new EncoderFamily().settings(), titles)
        .with(EncoderSettings.VOCABULARY_SIZE, 700).with(EncoderSettings.MAX_LENGTH, 40)
        .with(EncoderSettings.HIDDEN_SIZE, 32).with(EncoderSettings.LAYERS, 2).with(EncoderSettings.HEADS, 4)
        .with(EncoderSettings.FFN_SIZE, 64).with(EncoderSettings.BAG_SIZE, 16)
        .with(EncoderSettings.TOKEN_DROPOUT, 0.1).with(EncoderSettings.DROPOUT, 0.1)
        .with(LossRows.row(StandardLosses.LABEL_SMOOTHING), 0.05)
        .with(LossRows.row(StandardLosses.CLASS_WEIGHTS), ClassWeighting.BALANCED)
        .with(TrainingSettings.EPOCHS, epochs).with(TrainingSettings.LEARNING_RATE, learningRate)
        .with(OptimizationSettings.BATCH_TOKENS, 256).with(OptimizationSettings.ACCUMULATE, 2)
        .with(OptimizationSettings.BETA2, 0.99).with(OptimizationSettings.WARMUP, 5)
        .with(ValidationSettings.VALIDATE_EVERY, 7);
  }

  /** A checkpoint after so many steps, and none otherwise. */
  public static CheckpointSettings checkpointsEvery(long steps) {
    return new CheckpointSettings(CheckpointSettings.DEFAULT.settings().with(CheckpointSettings.STEPS, steps)
        .with(CheckpointSettings.EPOCHS, 0).with(CheckpointSettings.MINUTES, 0));
  }

  public static Backend backend(int threads) {
    return Backend.open(Device.CPU, new BackendOptions(threads));
  }

  /** Trains to the end. */
  public static TrainingResult train(Settings config, Path folder, int threads) throws IOException {
    return train(config, folder, threads, CheckpointSettings.DEFAULT, new TrainingListener() {}, new StopSignal());
  }

  public static TrainingResult train(Settings config, Path folder, int threads, CheckpointSettings policy,
      TrainingListener listener, StopSignal stop) throws IOException {
    var directory = new ModelDirectory(folder);
    Files.createDirectories(folder);
    try (Backend backend = backend(threads);
        var trainer = new EncoderRun(config, backend, RunContext.in(directory)
            .withCompute(ComputeOptions.threads(threads)).withCheckpoints(policy).withListener(listener)
            .withStop(stop))) {
      return trainer.run(List.of("test"));
    }
  }

  public static byte[] weights(Path folder) throws IOException {
    return Files.readAllBytes(folder.resolve("model.safetensors"));
  }
}
