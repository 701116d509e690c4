package crema.family.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crema.autograd.Tape;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.nn.ParameterSource;
import crema.nn.adapter.LoraAdapter;
import crema.nn.io.SafetensorsReader;
import crema.nn.model.HeadConfig;
import crema.nn.model.SequenceClassifier;
import crema.nn.model.bert.Bert;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import crema.pretrained.PretrainedModel;
import crema.run.DataSettings;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Scope;
import crema.tensor.Sequences;
import crema.tensor.Tensor;
import crema.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start from a pretrained encoder: here a BERT of random numbers in a folder of Hugging Face's layout. */
class FineTuningTest {
  private static final int LAYERS = SmallRuns.BERT_LAYERS;
  private static final int LABELS = SmallRuns.BERT_LABELS;

  @TempDir
  static Path shared;
  static Path titles;
  static Path pretrained;

  @TempDir
  Path folder;

  @BeforeAll
  static void writePretrained() throws IOException {
    titles = SmallRuns.titles(shared);
    pretrained = SmallRuns.bert(shared);
  }

  private static Settings config() {
    return SmallRuns.rows(new EncoderFamily().settings(), titles).without(DataSettings.LOWERCASE)
        .with(FineTuningSettings.ENCODER, pretrained.toString()).with(OptimizationSettings.BATCH_TOKENS, 512)
        .with(TrainingSettings.EPOCHS, 1).with(TrainingSettings.LEARNING_RATE, 1e-3);
  }

  private TrainingResult train(Settings settings, String name) throws IOException {
    return train(settings, name, new TrainingListener() {}, new StopSignal());
  }

  private TrainingResult train(Settings settings, String name, TrainingListener listener, StopSignal stop)
      throws IOException {
    var context = RunContext.in(new ModelDirectory(folder.resolve(name))).withListener(listener).withStop(stop)
        .withCheckpoints(CheckpointSettings.DEFAULT);
    context.directory().prepareForRun(context.directory().holdsRun());
    return new EncoderFamily().newRun(settings, context).run();
  }

  /** The tensors of a file, by name. */
  private static Map<String, float[]> tensors(Path file) throws IOException {
    var values = new TreeMap<String, float[]>();
    try (Backend backend = SmallRuns.backend(1); var scope = new Scope(backend);
        var reader = SafetensorsReader.open(file)) {
      reader.shapes().forEach((name, shape) -> {
        Tensor tensor = scope.empty(DType.F32, shape);
        reader.read(name, tensor);
        values.put(name, tensor.toFloats());
      });
    }
    return values;
  }

  /** The names of the encoder's tensors that a run has changed, without their prefix. */
  private List<String> changed(String name) throws IOException {
    Map<String, float[]> before = tensors(pretrained.resolve("model.safetensors"));
    Map<String, float[]> after = tensors(folder.resolve(name).resolve("model.safetensors"));
    var changed = new ArrayList<String>();
    after.forEach((key, values) -> {
      if (key.startsWith("backbone.")) {
        String own = key.substring("backbone.".length());
        if (!Arrays.equals(values, before.get("bert." + own))) {
          changed.add(own);
        }
      }
    });
    return changed;
  }

  @Test
  void aRunStartsFromThePretrainedWeightsAndItsModelPredictsAlone() throws IOException {
    var said = new ArrayList<String>();
    train(config(), "model", new TrainingListener() {
      @Override
      public void model(String description) {
        said.add(description);
      }
    }, new StopSignal());
    assertThat(said.getFirst()).contains("newly initialized: classifier.weight, classifier.bias")
        .contains("bert.pooler");
    assertThat(changed("model")).anySatisfy(name -> assertThat(name).startsWith("embeddings."))
        .anySatisfy(name -> assertThat(name).startsWith("encoder.layer.2."));
    Files.move(pretrained, shared.resolve("elsewhere"));
    try (Classifier classifier = Classifier.load(folder.resolve("model"))) {
      assertThat(classifier.predict("bosch serie 6 washing machine").label()).isIn(classifier.labels());
    } finally {
      Files.move(shared.resolve("elsewhere"), pretrained);
    }
    assertThat(Files.readString(folder.resolve("model/config.json"))).contains("\"encoder_type\" : \"bert\"")
        .contains("\"head\" : \"linear\"").contains("\"max_length\" : 48");
  }

  @Test
  void withoutStepsTheEncoderIsThePretrainedOne() throws IOException {
    train(config().with(TrainingSettings.LEARNING_RATE, 0.0), "model");
    assertThat(changed("model")).isEmpty();
  }

  @Test
  void whatIsFrozenStaysAndTheRestLearns() throws IOException {
    train(config().with(FineTuningSettings.FREEZE_ENCODER, true), "head");
    assertThat(changed("head")).isEmpty();
    train(config().with(FineTuningSettings.FREEZE_EMBEDDINGS, true), "embeddings");
    assertThat(changed("embeddings")).allSatisfy(name -> assertThat(name).startsWith("encoder.layer."))
        .anySatisfy(name -> assertThat(name).startsWith("encoder.layer.0."));
    train(config().with(FineTuningSettings.FREEZE_LAYERS, 2), "layers");
    assertThat(changed("layers")).isNotEmpty().allSatisfy(name -> assertThat(name).startsWith("encoder.layer.2."));
  }

  @Test
  void layersAreUnfrozenFromTheTop() throws IOException {
    // One validation, at the end: the model is the last one, not the best.
    Settings gradual = config().with(FineTuningSettings.UNFREEZE_EVERY, 1)
        .with(ValidationSettings.VALIDATE_EVERY, 1_000_000);
    train(gradual, "one");
    assertThat(changed("one")).isEmpty();
    train(gradual.with(TrainingSettings.EPOCHS, 3), "three");
    assertThat(changed("three")).anySatisfy(name -> assertThat(name).startsWith("encoder.layer.1."))
        .allSatisfy(name -> assertThat(name).matches("encoder\\.layer\\.[12]\\..*"));
  }

  @Test
  void aStoppedRunGoesOnToTheSameBitsWhetherLayersAreRecomputedOrNot() throws IOException {
    Settings settings = config().with(TrainingSettings.EPOCHS, 2).with(FineTuningSettings.UNFREEZE_EVERY, 1)
        .with(FineTuningSettings.LAYER_DECAY, 0.5).with(FineTuningSettings.REINITIALIZE_LAYERS, 1);
    train(settings, "straight");
    train(settings.with(OptimizationSettings.RECOMPUTE, true), "recomputed");
    var stop = new StopSignal();
    var listener = new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == totalSteps / 2 + 2) {
          stop.request();
        }
      }
    };
    assertThat(train(settings, "stopped", listener, stop).isInterrupted()).isTrue();
    var context = RunContext.in(new ModelDirectory(folder.resolve("stopped")));
    new EncoderFamily().newRun(settings, context).run();
    byte[] expected = SmallRuns.weights(folder.resolve("straight"));
    assertThat(SmallRuns.weights(folder.resolve("recomputed"))).isEqualTo(expected);
    assertThat(SmallRuns.weights(folder.resolve("stopped"))).isEqualTo(expected);
  }

  @Test
  void adaptersLearnBesideTheEncoderAndAreMergedIntoTheModel() throws IOException {
    Settings settings =
        config().with(FineTuningSettings.LORA, 4).with(FineTuningSettings.LORA_TARGETS, "query", "value")
            .with(FineTuningSettings.LORA_DROPOUT, 0.1);
    train(settings, "model");
    assertThat(changed("model")).hasSize(2 * LAYERS)
        .allSatisfy(
            name -> assertThat(name).matches("encoder\\.layer\\.\\d\\.attention\\.self\\.(query|value)\\.weight"));
    var stop = new StopSignal();
    train(settings, "stopped", new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == totalSteps / 2) {
          stop.request();
        }
      }
    }, stop);
    new EncoderFamily().newRun(settings, RunContext.in(new ModelDirectory(folder.resolve("stopped")))).run();
    assertThat(SmallRuns.weights(folder.resolve("stopped"))).isEqualTo(SmallRuns.weights(folder.resolve("model")));
    // The adapter's files, on the encoder that it was trained beside, give the weights of the model.
    try (Backend backend = SmallRuns.backend(1); PretrainedModel base = PretrainedModel.open(pretrained)) {
      var encoder = base.config().create(ParameterSource.undefined(backend));
      encoder.loadIntersecting(base.weights().under("bert."));
      try (LoraAdapter adapter = LoraAdapter.load(encoder, folder.resolve("model/adapter"))) {
        assertThat(adapter.config().rank()).isEqualTo(4);
        adapter.merge();
        Map<String, float[]> expected = tensors(folder.resolve("model/model.safetensors"));
        encoder.stateDict().forEach((name, tensor) -> assertThat(tensor.toFloats()).as(name)
            .isEqualTo(expected.get("backbone." + name)));
      }
      encoder.close();
    }
  }

  @Test
  void theOriginalHeadIsLoadedToo() throws IOException {
    train(config().with(EncoderSettings.HEAD, HeadConfig.Kind.ORIGINAL).with(TrainingSettings.LEARNING_RATE, 0.0),
        "model");
    Map<String, float[]> after = tensors(folder.resolve("model/model.safetensors"));
    Map<String, float[]> before = tensors(pretrained.resolve("model.safetensors"));
    before.forEach((name, values) -> assertThat(after.get(
        name.startsWith("bert.") && !name.startsWith("bert.pooler.") ? "backbone." + name.substring(5)
            : "classifier." + name))
        .as(name).isEqualTo(values));
    // The logits are those of the model that was pretrained.
    try (Backend backend = SmallRuns.backend(1); var scope = new Scope(backend);
        var reader = SafetensorsReader.open(pretrained.resolve("model.safetensors"));
        Classifier classifier = Classifier.load(folder.resolve("model"))) {
      var model = new SequenceClassifier(ParameterSource.undefined(backend),
          new Bert().read(Map.of("vocab_size", 500, "hidden_size", 32, "num_hidden_layers", LAYERS,
              "num_attention_heads", 4, "intermediate_size", 64, "max_position_embeddings", 48)),
          LABELS);
      model.load(reader);
      int[] ids = Tokenizer.load(pretrained.resolve("tokenizer.json")).encode("bosch serie 6 washing machine");
      float[] expected = model.forward(Tape.inference(scope), scope.ints(ids, ids.length), null,
          Sequences.of(scope, new int[] {0, ids.length})).value().toFloats();
      assertThat(classifier.logits(List.of("bosch serie 6 washing machine"))[0]).isEqualTo(expected);
      model.close();
    }
  }

  @Test
  void mistakesAreOneLineAndLeaveNothing() {
    assertMistake(config().with(FineTuningSettings.FREEZE_LAYERS, 4),
        "freeze-layers is 4, but the encoder has 3 layers");
    assertMistake(config().with(FineTuningSettings.REINITIALIZE_LAYERS, 4), "reinitialize-layers is 4");
    assertMistake(config().with(EncoderSettings.MAX_LENGTH, 100), "positions for 48 tokens only");
    assertMistake(config().with(EncoderSettings.LAYERS, 2), "layers has no effect with --encoder");
    assertMistake(config().without(FineTuningSettings.ENCODER).with(FineTuningSettings.FREEZE_ENCODER, true),
        "no effect without --encoder");
    assertMistake(config().without(FineTuningSettings.ENCODER).with(EncoderSettings.HEAD, HeadConfig.Kind.ORIGINAL),
        "head original");
    assertMistake(config().with(FineTuningSettings.ENCODER, folder.resolve("none").toString()), "none");
  }

  private void assertMistake(Settings settings, String... parts) {
    assertThatThrownBy(() -> train(settings, "mistake")).isInstanceOf(UserError.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(parts).doesNotContain("\n"));
  }
}
