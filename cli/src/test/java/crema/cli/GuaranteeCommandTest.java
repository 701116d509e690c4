package crema.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import crema.classify.Classifier;
import crema.classify.Prediction;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import crema.task.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that must be sure, and sets of labels, of paths and of several labels a text, on titles of products. */
class GuaranteeCommandTest {
  private static final Map<String, String> GROUPS = Map.of("Fridges", "Cold", "Freezers", "Cold", "Fridge Freezers",
      "Cold", "Dishwashers", "Wet", "Washing Machines", "Wet", "Mobile Phones", "Small", "Digital Cameras", "Small",
      "CPUs", "Small", "Microwaves", "Hot", "TVs", "Large");
  /** Of so many titles each is for training, or for a test. */
  private static final int EVERY = 24;

  @TempDir
  static Path shared;
  static List<JsonNode> test = new ArrayList<>();

  @BeforeAll
  static void train() throws IOException {
    var rows = List.of(new ArrayList<String>(), new ArrayList<String>());
    var number = new int[1];
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> {
      int part = number[0]++ % EVERY;
      if (part < rows.size()) {
        String label = row.labels().getFirst();
        String group = GROUPS.get(label);
        // "Fridge Freezers" belong to both kinds.
        String tags = label.equals("Fridge Freezers") ? "[\"Fridges\", \"Freezers\"]" : "[\"" + label + "\"]";
        rows.get(part).add("{\"text\": \"%s\", \"path\": \"%s > %s\", \"tags\": %s}".formatted(
            row.text().replace("\\", "\\\\").replace("\"", "\\\""), group, label, tags));
      }
    });
    Files.write(shared.resolve("train.jsonl"), rows.getFirst());
    Files.write(shared.resolve("test.jsonl"), rows.getLast());
    for (String line : rows.getLast()) {
      test.add(Json.parse(line));
    }
    for (String[] target : new String[][] {{"taxonomy", "path"}, {"multi", "tags"}}) {
      CommandRun run = CommandRun.of("train", "--model", "linear", "--C", "1", "--train",
          shared.resolve("train.jsonl").toString(), "--text", "text", "--label", target[1], "--target", target[0],
          "--validation-fraction", "0.4", "--no-test", "--threads", "1", "--output", model(target[0]).toString());
      assertThat(run.code()).as(run.err()).isZero();
    }
  }

  private static Path model(String target) {
    return shared.resolve(target);
  }

  /** The labels that are predicted for each test row, with their probabilities. */
  private static List<List<Prediction>> predicted(String target, String... flags) throws IOException {
    var arguments = new ArrayList<>(List.of("predict", model(target).toString(), "--file",
        shared.resolve("test.jsonl").toString(), "--format", "jsonl"));
    arguments.addAll(List.of(flags));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    var all = new ArrayList<List<Prediction>>();
    for (String line : run.out().lines().toList()) {
      var labels = new ArrayList<Prediction>();
      for (JsonNode label : Json.parse(line).get("labels")) {
        labels.add(new Prediction(label.get("label").stringValue(), label.get("probability").doubleValue()));
      }
      all.add(labels);
    }
    assertThat(all).hasSameSizeAs(test);
    return all;
  }

  private static List<String> texts() {
    return test.stream().map(row -> row.get("text").stringValue()).toList();
  }

  /** Whatever asks for an answer, and however deep it is, its probability is that of its node. */
  private static void assertProbabilities(Classifier classifier, List<List<Prediction>> answers) {
    float[][] probabilities = classifier.probabilities(texts());
    for (int row = 0; row < probabilities.length; row++) {
      for (Prediction answer : answers.get(row)) {
        assertThat(answer.probability())
            .isCloseTo(probabilities[row][classifier.labels().indexOf(answer.label())], within(1e-6));
      }
    }
  }

  private static Set<String> truth(JsonNode row) {
    var labels = new HashSet<String>();
    row.get("tags").forEach(tag -> labels.add(tag.stringValue()));
    return labels;
  }

  @Test
  void aPathEndsAtTheDeepestNodeThatIsSureEnoughAndHasItsProbability() throws IOException {
    try (Classifier classifier = Classifier.load(model("taxonomy"))) {
      List<List<Prediction>> whole = predicted("taxonomy");
      List<List<Prediction>> sure = predicted("taxonomy", "--min-precision", "0.99");
      assertProbabilities(classifier, whole);
      assertProbabilities(classifier, sure);
      assertProbabilities(classifier, predicted("taxonomy", "--top", "3"));
      assertProbabilities(classifier, predicted("taxonomy", "--coverage", "0.9"));
      int shallow = 0;
      int right = 0;
      int given = 0;
      for (int row = 0; row < sure.size(); row++) {
        if (sure.get(row).isEmpty()) {
          continue;
        }
        String node = sure.get(row).getFirst().label();
        String path = whole.get(row).getFirst().label();
        assertThat(path).startsWith(node);
        // A node is at least as probable as those below it.
        assertThat(sure.get(row).getFirst().probability())
            .isGreaterThanOrEqualTo(whole.get(row).getFirst().probability() - 1e-6);
        given++;
        shallow += node.equals(path) ? 0 : 1;
        right += test.get(row).get("path").stringValue().startsWith(node) ? 1 : 0;
      }
      assertThat(shallow).isPositive();
      assertThat(given).isGreaterThan(sure.size() / 2);
      assertThat((double) right / given).isGreaterThan(0.98);
      String node = classifier.answer(texts().subList(0, 1), new Guarantee.Precision(0.99)).getFirst().getFirst()
          .label();
      assertThat(sure.getFirst().getFirst().label()).isEqualTo(node);
      CommandRun text = CommandRun.of("predict", model("taxonomy").toString(), "--min-precision", "0.99",
          texts().getFirst());
      assertThat(text.out()).startsWith("%s %.1f%%".formatted(node, 100 * sure.getFirst().getFirst().probability()));
    }
  }

  @Test
  void eachOfSeveralLabelsIsGivenWhereItIsSureEnough() throws IOException {
    try (Classifier classifier = Classifier.load(model("multi"))) {
      List<List<Prediction>> sure = predicted("multi", "--min-precision", "0.97");
      assertProbabilities(classifier, sure);
      int right = 0;
      int given = 0;
      int both = 0;
      for (int row = 0; row < sure.size(); row++) {
        Set<String> truth = truth(test.get(row));
        given += sure.get(row).size();
        right += (int) sure.get(row).stream().filter(label -> truth.contains(label.label())).count();
        both += sure.get(row).size() > 1 ? 1 : 0;
      }
      assertThat(both).isPositive();
      assertThat(given).isGreaterThan(sure.size() / 2);
      double precision = (double) right / given;
      assertThat(precision).isGreaterThan(0.955);
      CommandRun evaluated = CommandRun.of("evaluate", model("multi").toString(), "--data",
          shared.resolve("test.jsonl").toString(), "--min-precision", "0.97", "--output",
          shared.resolve("report").toString());
      assertThat(evaluated.code()).as(evaluated.err()).isZero();
      assertThat(Files.readString(shared.resolve("report/report.html")))
          .contains("Wrong answers that the model is surest of", "<mark class=");
      var reached = new ArrayList<Double>();
      for (JsonNode each : Json.parse(Files.readString(shared.resolve("report/metrics.json"))).get("min_precision")) {
        if (each.get("asked").doubleValue() == 0.97) {
          reached.add(each.get("reached").doubleValue());
        }
      }
      assertThat(reached).singleElement().satisfies(share -> assertThat(share).isCloseTo(precision, within(1e-6)));
    }
  }

  @Test
  void aSetHasAllTrueLabelsAsOftenAsIsAskedFor() throws IOException {
    for (double share : new double[] {0.9, 0.95}) {
      List<List<Prediction>> sets = predicted("multi", "--coverage", String.valueOf(share));
      int covered = 0;
      for (int row = 0; row < sets.size(); row++) {
        covered += sets.get(row).stream().map(Prediction::label).toList().containsAll(truth(test.get(row))) ? 1 : 0;
      }
      // Of about 600 rows to find the threshold on and 1,500 to test it on.
      assertThat((double) covered / sets.size()).isBetween(share - 0.04, share + 0.04);
    }
  }
}
