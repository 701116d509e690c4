package crema.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import crema.base.Keyed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vectors against scikit-learn's {@code TfidfVectorizer}; {@code src/test/golden/linear.py} makes the file. */
class TfIdfGoldenTest {
  private static final JsonNode GOLDEN = read();

  private static JsonNode read() {
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(Path.of("src/test/resources/crema/linear/tfidf.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static IntStream cases() {
    return IntStream.range(0, GOLDEN.get("cases").size());
  }

  private static TfIdfConfig config(JsonNode params) {
    TfIdfConfig config = TfIdfConfig.DEFAULTS;
    if (params.has("analyzer")) {
      config = config.withAnalyzer(Keyed.find(Analyzer.class, params.get("analyzer").asString(), "analyzer"));
    }
    if (params.has("ngram_range")) {
      config = config.withNgrams(params.get("ngram_range").get(0).asInt(), params.get("ngram_range").get(1).asInt());
    }
    return config
        .withDocuments(bound(params.get("min_df"), config.minDocuments()), bound(params.get("max_df"),
            config.maxDocuments()))
        .withMaxFeatures(params.has("max_features") ? params.get("max_features").asInt() : TfIdfConfig.ALL_FEATURES)
        .withLowercase(!params.has("lowercase"))
        .withSublinearTf(params.has("sublinear_tf"))
        .withSmoothIdf(!params.has("smooth_idf"));
  }

  private static DocumentFrequency bound(JsonNode json, DocumentFrequency otherwise) {
    if (json == null) {
      return otherwise;
    }
    return json.isInt() ? new DocumentFrequency.Count(json.asInt()) : new DocumentFrequency.Share(json.asDouble());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void vocabularyWeightsAndRowsEqualScikitLearn(int number) {
    JsonNode golden = GOLDEN.get("cases").get(number);
    List<String> texts = new ArrayList<>();
    GOLDEN.get("texts").forEach(text -> texts.add(text.asString()));
    TfIdf tfIdf = TfIdf.fit(texts, config(golden.get("params")));
    List<String> vocabulary = new ArrayList<>();
    golden.get("vocabulary").forEach(term -> vocabulary.add(term.asString()));
    assertThat(tfIdf.vocabulary()).isEqualTo(vocabulary);
    for (int column = 0; column < vocabulary.size(); column++) {
      assertThat(tfIdf.idf(column)).isCloseTo(golden.get("idf").get(column).asDouble(), offset(1e-14));
    }
    SparseMatrix rows = tfIdf.transform(texts);
    for (int row = 0; row < texts.size(); row++) {
      JsonNode columns = golden.get("columns").get(row);
      assertThat(rows.end(row) - rows.start(row)).isEqualTo(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        assertThat(rows.column(rows.start(row) + i)).isEqualTo(columns.get(i).asInt());
        float expected = (float) golden.get("values").get(row).get(i).asDouble();
        assertThat(rows.value(rows.start(row) + i)).isCloseTo(expected, offset(Math.ulp(expected)));
      }
    }
  }
}
