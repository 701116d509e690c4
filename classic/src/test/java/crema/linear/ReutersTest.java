package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.data.Offset.offset;

import crema.metrics.LabelCounts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * F1 on Reuters-21578 against scikit-learn's; {@code src/test/golden/linear.py FOLDER} makes the numbers. Reads the
 * data from the folder {@code reuters} of the one that the system property {@code crema.data} names, or else of {@code
 * ../shared/data} next to the repository, and is skipped where there is none.
 */
class ReutersTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("crema.data", "../../shared/data")).resolve("reuters");
  private static final int VALIDATION = 1000;

  private record Documents(List<String> texts, List<List<String>> labels) {
    static Documents read(String name) throws IOException {
      var documents = new Documents(new ArrayList<>(), new ArrayList<>());
      try (var reader = new BufferedReader(new InputStreamReader(
          new GZIPInputStream(Files.newInputStream(FOLDER.resolve(name))), StandardCharsets.UTF_8))) {
        reader.lines().skip(1).map(line -> line.split("\t", -1)).forEach(columns -> {
          documents.texts.add(columns[2] + " " + columns[3]);
          documents.labels.add(List.of(columns[1].split(",")));
        });
      }
      return documents;
    }

    LabelTargets targets(List<String> names) {
      return LabelTargets.multiLabel(names.size(),
          labels.stream().map(row -> row.stream().mapToInt(names::indexOf).toArray()).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void f1IsScikitLearnsToThreeDecimals(ClassWeights weights) throws IOException {
    assumeThat(FOLDER.resolve("train.tsv.gz")).as("Reuters-21578 is not here").exists();
    Documents all = Documents.read("train.tsv.gz");
    Documents test = Documents.read("test.tsv.gz");
    var names = new TreeSet<String>();
    all.labels().forEach(names::addAll);
    test.labels().forEach(names::addAll);
    LabelTargets targets = all.targets(List.copyOf(names));
    int split = all.texts().size() - VALIDATION;
    int[] train = IntStream.range(0, split).toArray();
    int[] validation = IntStream.range(split, all.texts().size()).toArray();

    TfIdf tfIdf = TfIdf.fit(all.texts().subList(0, split), TfIdfConfig.DEFAULTS);
    SparseMatrix texts = tfIdf.transform(all.texts());
    LinearModel model = new LinearTrainer(LinearConfig.DEFAULTS.withClassWeights(weights), 2)
        .train(texts.rows(train), targets.rows(train)).model();
    LinearModel shifted = HyperplaneShift.tune(model, texts.rows(validation), targets.rows(validation));

    SparseMatrix testTexts = tfIdf.transform(test.texts());
    LabelTargets testTargets = test.targets(List.copyOf(names));
    JsonNode golden = JsonMapper.shared()
        .readTree(Files.readAllBytes(Path.of("src/test/resources/crema/linear/reuters.json")));
    String key = weights == ClassWeights.NONE ? "plain" : "balanced";
    assertF1(model, testTexts, testTargets, golden.get(key));
    assertF1(shifted, testTexts, testTargets, golden.get(key + "Shifted"));
  }

  private static void assertF1(LinearModel model, SparseMatrix texts, LabelTargets targets, JsonNode expected) {
    var counts = new LabelCounts(targets.labels());
    for (int row = 0; row < texts.rows(); row++) {
      counts.add(targets.labelsOf(row), model.predict(model.decisions(texts, row)));
    }
    assertThat(counts.averages().micro().f1()).isCloseTo(expected.get("microF1").asDouble(), offset(5e-4));
    assertThat(counts.averages().macro().f1()).isCloseTo(expected.get("macroF1").asDouble(), offset(5e-4));
  }
}
