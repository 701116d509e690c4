package crema.report;

import static org.assertj.core.api.Assertions.assertThat;

import crema.metrics.FrequencyBands.Band;
import crema.metrics.Metric;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.ScoreMatrix;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class MetricsJsonTest {

  @Test
  void keysKeepTheirOrderAndTheSameReportGivesTheSameBytes() {
    var report = SampleReport.builder(SampleReport.LABELS).build();
    var text = MetricsJson.render(report);
    assertThat(MetricsJson.render(SampleReport.builder(SampleReport.LABELS).build())).isEqualTo(text);
    assertThat(new JsonMapper().readTree(text).propertyNames()).containsExactly(
        "format", "title", "facts", "documents", "labels", "multi_label", "accuracy", "hamming_loss", "micro", "macro",
        "weighted", "intervals", "per_label", "confused_pairs");
  }

  @Test
  void valuesAreThoseOfTheReport() {
    var report = SampleReport.builder(SampleReport.LABELS).build();
    var json = new JsonMapper().readTree(MetricsJson.render(report));
    assertThat(json.at("/macro/f1").doubleValue()).isEqualTo(Metric.MACRO_F1.of(report.metrics()));
    assertThat(json.at("/facts/Seed").stringValue()).isEqualTo("42");
    assertThat(json.at("/intervals/macro_f1/low").doubleValue())
        .isEqualTo(report.intervals().get(Metric.MACRO_F1).low());
    assertThat(json.at("/per_label/1/label").stringValue()).isEqualTo("TVs");
    assertThat(json.at("/per_label/1/support").longValue()).isEqualTo(report.metrics().perLabel().get(1).support());
    assertThat(json.at("/confused_pairs/0/count").longValue()).isEqualTo(report.confusedPairs().getFirst().count());
  }

  @Test
  void completeReportHasEveryKeyAndRowsStandOnALine() {
    var report = SampleReport.complete().build();
    var text = MetricsJson.render(report);
    var json = new JsonMapper().readTree(text);
    assertThat(json.propertyNames()).containsExactly(
        "format", "title", "facts", "documents", "labels", "multi_label", "accuracy", "hamming_loss", "micro", "macro",
        "weighted", "hierarchical", "ranking", "intervals", "per_label", "confused_pairs", "bands", "groups",
        "calibration", "uncalibrated", "abstention", "thresholds");
    assertThat(json.at("/groups/0/by").stringValue()).isEqualTo("Language");
    assertThat(json.at("/groups/0/group").stringValue()).isEqualTo("English");
    assertThat(json.at("/bands/tail/labels").intValue()).isEqualTo(report.bands().get(Band.TAIL).labels());
    assertThat(json.at("/uncalibrated/temperature").doubleValue()).isEqualTo(1.7);
    assertThat(json.at("/thresholds").size()).isEqualTo(41);
    assertThat(json.at("/per_label/0/roc_auc").doubleValue()).isEqualTo(report.ranking().perLabel().get(0).rocAuc());
    assertThat(text.lines()).contains(
        "  \"weighted\": {\"precision\": %s, \"recall\": %s, \"f1\": %s},".formatted(
            report.metrics().averages().weighted().precision(),
            report.metrics().averages().weighted().recall(),
            report.metrics().averages().weighted().f1()));
  }

  @Test
  void valuesThatAreNotDefinedAreNull() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{0}}, new int[][] {{0}}, 2);
    var report = TestReport.builder("t", List.of("a", "b"), outcomes)
        .probabilities(ScoreMatrix.of(new float[][] {{0.9f, 0.1f}})).build();
    var json = new JsonMapper().readTree(MetricsJson.render(report));
    assertThat(json.at("/per_label/0/roc_auc").isNull()).isTrue();
    assertThat(json.at("/ranking/macro_roc_auc").isNull()).isTrue();
  }

  @Test
  void severalLabelsADocumentHaveSampleAverages() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{0, 1}}, new int[][] {{0}}, 2);
    var json = new JsonMapper().readTree(
        MetricsJson.render(TestReport.builder("t", List.of("a", "b"), outcomes).build()));
    assertThat(json.at("/multi_label").booleanValue()).isTrue();
    assertThat(json.at("/samples/recall").doubleValue()).isEqualTo(0.5);
    assertThat(json.has("intervals")).isFalse();
  }
}
