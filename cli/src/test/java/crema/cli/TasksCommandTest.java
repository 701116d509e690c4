package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.family.encoder.EncoderFamily;
import crema.nn.io.SafetensorsReader;
import crema.nn.train.StepRecord;
import crema.nn.train.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several heads beside one encoder: trained from a config with {@code tasks}, used task by task. */
class TasksCommandTest {
  private static final List<String> TEXTS = List.of("Bosch Serie 6 washing machine 9kg", "apple iphone 8 64gb");

  @TempDir
  static Path shared;
  static Path bert;

  @TempDir
  Path folder;

  /** Rows of two kinds: titles with their category, and titles with what is said of them, of which they may have several. */
  @BeforeAll
  static void write() throws IOException {
    Path titles = TinyBert.titles(shared);
    bert = TinyBert.bert(shared);
    var lines = new ArrayList<String>(List.of("name,said"));
    Files.readAllLines(titles).stream().skip(1).limit(300).forEach(line -> {
      String title = line.substring(1, line.lastIndexOf('"')).replace(",", " ").replace("\"", "");
      var said = new ArrayList<String>();
      if (title.toLowerCase(Locale.ROOT).contains("black")) {
        said.add("black");
      }
      said.add(title.length() > 40 ? "long" : "short");
      lines.add(title + "," + String.join("|", said));
    });
    Files.write(shared.resolve("said.csv"), lines);
  }

  private Path config(String more) throws IOException {
    return Files.writeString(shared.resolve("tasks-" + folder.getFileName() + ".yaml"), """
        model: encoder
        encoder: BERT
        epochs: 2
        learning-rate: 0.003
        batch-tokens: 512
        seed: 3
        tasks:
          category:
            train: titles.csv
            text: title
            label: category
            validation-fraction: 0.15
            test-fraction: 0.15
          said:
            train: [said.csv]
            text: name
            label: said
            target: multi
            label-separator: "|"
            loss: focal
            weight: 0.5
        """.replace("BERT", bert.toString()) + more);
  }

  private CommandRun train(Path config, String name) {
    return CommandRun.of("train", "--config", config.toString(), "--output", folder.resolve(name).toString(),
        "--threads", "2");
  }

  @Test
  void everyTaskIsAModelBesideOneEncoder() throws IOException {
    CommandRun run = train(config(""), "model");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("2 tasks", "category accuracy", "said micro");
    assertThat(run.out()).contains("tasks/NAME/report.html");
    Path model = folder.resolve("model");
    assertThat(model.resolve("checkpoints")).doesNotExist();
    try (var encoder = SafetensorsReader.open(model.resolve("model.safetensors"));
        var head = SafetensorsReader.open(model.resolve("tasks/said/model.safetensors"))) {
      assertThat(encoder.shapes().keySet()).allMatch(name -> name.startsWith("backbone."));
      assertThat(head.shapes().keySet()).containsExactly("classifier.bias", "classifier.weight");
    }
    assertThat(accuracy(model, "category")).isGreaterThan(0.3);
    for (String task : List.of("category", "said")) {
      Path folderOfTask = model.resolve("tasks").resolve(task);
      try (var in = Files.newInputStream(folderOfTask.resolve("metrics.json"))) {
        JsonNode rows = Json.parse(in).path("rows");
        String file = task.equals("said") ? "said.csv" : "titles.csv";
        assertThat(rows.path("read").asLong(-1)).isEqualTo(Files.readAllLines(shared.resolve(file)).size() - 1);
        assertThat(rows.path("read").asLong(-1)).isEqualTo(Stream.of(rows.path("used"), rows.path("left_out"))
            .flatMap(JsonNode::valueStream).mapToLong(count -> count.asLong(-1)).sum());
      }
      assertThat(folderOfTask.resolve("cache")).doesNotExist();
    }

    CommandRun whole = CommandRun.of("predict", model.toString(), TEXTS.getFirst());
    assertThat(whole.code()).isEqualTo(Crema.MISTAKE);
    assertThat(whole.lastError()).contains("several tasks, category, said", "--task NAME");
    CommandRun none = CommandRun.of("predict", model.toString(), "--task", "categori", TEXTS.getFirst());
    assertThat(none.lastError()).contains("no task 'categori'; did you mean 'category'?");
    CommandRun one = CommandRun.of("predict", model.toString(), "--task", "category", TEXTS.getFirst());
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(one.out().lines().count()).isEqualTo(1);

    CommandRun packed = CommandRun.of("pack", model.toString());
    assertThat(packed.code()).as(packed.err()).isZero();
    Path archive = folder.resolve("model.zip");
    for (String task : List.of("category", "said")) {
      try (Classifier byName = Classifier.load(model, task, ComputeOptions.threads(1));
          Classifier byFolder = Classifier.load(model.resolve("tasks").resolve(task));
          Classifier inArchive = Classifier.load(archive, task, ComputeOptions.threads(2))) {
        assertThat(byFolder.logits(TEXTS)).isDeepEqualTo(byName.logits(TEXTS));
        assertThat(inArchive.logits(TEXTS)).isDeepEqualTo(byName.logits(TEXTS));
        assertThat(inArchive.labels()).isEqualTo(byName.labels());
      }
    }
    CommandRun tested = CommandRun.of("evaluate", model.toString(), "--task", "said", "--data",
        shared.resolve("said.csv").toString());
    assertThat(tested.code()).as(tested.err()).isZero();
    assertThat(tested.out()).contains("short", "long");
    CommandRun info = CommandRun.of("info", model.toString());
    assertThat(info.out()).contains("several heads", "Task category", "Task said");
    assertThat(CommandRun.of("info", model.resolve("tasks/said").toString()).out())
        .contains("task of an encoder", "3: black, long, short");
  }

  private static double accuracy(Path model, String task) throws IOException {
    try (var in = Files.newInputStream(model.resolve("tasks").resolve(task).resolve("metrics.json"))) {
      JsonNode metrics = Json.parse(in);
      return metrics.path("accuracy").path("value").asDouble(metrics.path("accuracy").asDouble(Double.NaN));
    }
  }

  @Test
  void theWrittenConfigTrainsTheSameAgain() throws IOException {
    assertThat(train(config(""), "model").code()).isZero();
    Path again = folder.resolve("model/train.yaml");
    assertThat(Files.readString(again)).contains("tasks:\n  category:\n    train:");
    CommandRun run = CommandRun.of("train", "--config", again.toString(), "--output", folder.resolve("b").toString());
    assertThat(run.code()).as(run.err()).isZero();
    for (String file : List.of("model.safetensors", "tasks/said/model.safetensors", "tasks/category/labels.json")) {
      assertThat(folder.resolve("b").resolve(file)).hasSameBinaryContentAs(folder.resolve("model").resolve(file));
    }
  }

  @Test
  void aStoppedRunGoesOnToTheSameBits() throws IOException {
    Path config = Files.writeString(shared.resolve("shares.yaml"), Files.readString(config("    share: 3\n"))
        .replace("    validation-fraction", "    share: 1\n    validation-fraction"));
    assertThat(train(config, "whole").code()).isZero();
    var directory = new ModelDirectory(folder.resolve("whole"));
    var settings = ModelFamily.settingsOf(directory);
    var stop = new StopSignal();
    var stopped = new ModelDirectory(folder.resolve("stopped"));
    stopped.prepareForRun(false);
    var context = RunContext.in(stopped).withStop(stop).withListener(new TrainingListener() {
      @Override
      public void step(StepRecord step, long totalSteps) {
        if (step.step() == totalSteps / 2) {
          stop.request();
        }
      }
    });
    assertThat(new EncoderFamily().newRun(settings, context).run().isInterrupted()).isTrue();
    CommandRun resumed = CommandRun.of("train", "--resume", "--output", stopped.path().toString());
    assertThat(resumed.code()).as(resumed.err()).isZero();
    for (String file : List.of("model.safetensors", "tasks/said/model.safetensors",
        "tasks/category/model.safetensors", "tasks/said/target.json")) {
      assertThat(stopped.path().resolve(file)).hasSameBinaryContentAs(directory.path().resolve(file));
    }
  }

  @Test
  void mistakesNameTheTaskAndLeaveNothing() throws IOException {
    assertMistake("there is no setting 'labl'; did you mean 'label'?", "    labl: x\n");
    assertMistake("said.epochs is one for all tasks", "    epochs: 3\n");
    assertMistake("said.share must be a number above 0", "    share: none\n");
    assertMistake("share to all of them, or to none", "    share: 2\n");
    assertMistake("other must be a mapping", "  other: titles.csv\n");
    assertMistake("has 'said' twice", "  said:\n    label: x\n");
    assertMistake("said has label twice", "    label: x\n");
    assertMistake("column 'nothing'", "    group: nothing\n");
    CommandRun linear = CommandRun.of("train", "--config", config("").toString(), "--model", "linear", "--output",
        folder.resolve("x").toString());
    assertThat(linear.lastError()).contains("has no effect with --model linear");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  private void assertMistake(String part, String more) throws IOException {
    CommandRun run = train(config(more), "x");
    assertThat(run.code()).as(run.err()).isEqualTo(Crema.MISTAKE);
    assertThat(run.lastError()).contains(part);
  }
}
