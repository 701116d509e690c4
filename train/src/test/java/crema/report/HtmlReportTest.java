package crema.report;

import static org.assertj.core.api.Assertions.assertThat;

import crema.metrics.GroupMetrics;
import crema.metrics.MultiLabelOutcomes;
import crema.metrics.SingleLabelOutcomes;
import crema.nn.train.LogRecord;
import crema.nn.train.StepRecord;
import crema.nn.train.ValidationRecord;
import crema.nn.train.TrialRecord;
import java.util.Collections;
import java.util.ArrayList;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  private static final String ATTACK = "</title><script>alert(1)</script><img src=x onerror='alert(2)'>\"&\u0000\u001b";

  @Test
  void pageHoldsMetricsCurvesLabelsAndConfusions() {
    var report = SampleReport.builder(SampleReport.LABELS).build();
    assertThat(HtmlReport.render(report))
        .contains("<h1><bdi>Product categories</bdi></h1>", "Macro F1", "Learning rate", "Validation", "Most confused")
        .contains("Confidence intervals (95%", "Fridge Freezers", "class=\"scroll heat\"", "of 35,311 titles")
        .contains(Numbers.metric(report.metrics().accuracy()));
  }

  @Test
  void pageLoadsNothing() {
    var page = HtmlReport.render(SampleReport.complete().build());
    assertThat(page)
        .doesNotContainPattern("(src|href)\\s*=|url\\(|@import|fetch\\(|https?://(?!www\\.w3\\.org/2000/svg)");
  }

  @Test
  void onlyThePagesOwnScriptMayRun() throws Exception {
    var page = HtmlReport.render(SampleReport.builder(SampleReport.LABELS).build());
    var script = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(page);
    assertThat(script.find()).isTrue();
    var hash = MessageDigest.getInstance("SHA-256").digest(script.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(page).contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-"
        + Base64.getEncoder().encodeToString(hash) + "'\"");
  }

  @Test
  void everythingFromOutsideIsEscaped() {
    var labels = IntStream.range(0, 10).mapToObj(i -> ATTACK + i).toList();
    var page = HtmlReport.render(SampleReport.builder(labels).fact(ATTACK, ATTACK).build());
    assertThat(page.split("<script", -1)).hasSize(2);
    assertThat(page.split("</title>", -1)[0]).contains("<title>Product categories");
    assertThat(page)
        .doesNotContain("<img", "\u0000", "\u001b")
        .contains("&lt;img src=x onerror=&#39;alert(2)&#39;&gt;&quot;&amp;");
  }

  @Test
  void groupsAreEscaped() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{0}}, new int[][] {{0}}, 1);
    var page = HtmlReport.render(TestReport.builder("t", List.of("a"), outcomes)
        .groups(ATTACK, GroupMetrics.by(outcomes, List.of(ATTACK), 1, 1)).build());
    assertThat(page).doesNotContain("<img");
    assertThat(page.split("<script", -1)).hasSize(2);
  }

  @Test
  void completeReportShowsBandsGroupsCalibrationAndThresholds() {
    assertThat(HtmlReport.render(SampleReport.complete().build()))
        .contains("Labels by frequency", "<bdi>Tail</bdi>", "Русский", "Level 2", "Hierarchical", "Macro ROC AUC")
        .contains("Before calibration", "As the model predicts (temperature, 1.7)", "Leaving out what is uncertain",
            "F1 by threshold");
  }

  @Test
  void titleIsEscaped() {
    var page = HtmlReport.render(TestReport.builder(ATTACK, List.of("a"),
        MultiLabelOutcomes.of(new int[][] {{0}}, new int[][] {{0}}, 1)).build());
    assertThat(page).doesNotContain("<img").contains("<title>&lt;/title&gt;");
  }

  @Test
  void partsWithoutDataAreLeftOut() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{0}, {1}}, new int[][] {{0}, {1}}, 2);
    var page = HtmlReport.render(TestReport.builder("Plain", List.of("a", "b"), outcomes).build());
    assertThat(page).contains("Samples").doesNotContain("<figure", "Confidence", "Most confused",
        "class=\"scroll heat\"");
  }

  @Test
  void confusionOfManyLabelsIsNotDrawn() {
    var labels = IntStream.range(0, 51).mapToObj(i -> "label " + i).toList();
    assertThat(HtmlReport.render(SampleReport.builder(labels).build())).doesNotContain("class=\"scroll heat\"");
    assertThat(HtmlReport.render(SampleReport.builder(labels.subList(0, 50)).build()))
        .contains("class=\"scroll heat\"");
  }

  @Test
  void labelsWithoutTestRowsStandLast() {
    var outcomes = MultiLabelOutcomes.of(new int[][] {{1}}, new int[][] {{1}}, 2);
    var page = HtmlReport.render(TestReport.builder("t", List.of("untested", "tested"), outcomes).build());
    assertThat(page).containsSubsequence("<bdi>tested</bdi>", "<bdi>untested</bdi>", "1 of 2 labels have no test row");
  }

  @Test
  void pageExplainsTheFiguresThatItShows() {
    var plain = HtmlReport.render(SampleReport.builder(SampleReport.LABELS).build());
    assertThat(plain).contains("<dt>Confidence intervals</dt>").doesNotContain("<dt>Answer from</dt>");
    assertThat(HtmlReport.render(SampleReport.complete().build()))
        .contains("<dt>Answer from</dt>", "<dt>Hierarchical</dt>", "<dt>Average precision (AP)</dt>");
  }

  @Test
  void singleValidationIsNoCourse() {
    var log = List.<LogRecord>of(new ValidationRecord(0, 0, Double.NaN, Map.of("accuracy", 0.9), 1));
    assertThat(HtmlReport.render(SampleReport.builder(SampleReport.LABELS).log(log).build()))
        .doesNotContain("<h2>Training</h2>");
  }

  @Test
  void longLabelsKeepTheirLeafAndAreWholeWhereOnePoints() {
    String path = "67000000_Clothing for every day > 67010000_A group of goods > 67010100_Leaf <1>";
    List<String> labels = new ArrayList<>(SampleReport.LABELS);
    labels.set(0, path);
    String page = HtmlReport.render(SampleReport.builder(labels).build());
    assertThat(page)
        .contains("title=\"67000000_Clothing for every day &gt; 67010000_A group of goods &gt; 67010100_Leaf "
            + "&lt;1&gt;\"", "&gt; 67010100_Leaf &lt;1&gt;</bdi>");
  }

  @Test
  void labelsWithoutTestRowsThatWereAnsweredCountAsTheTableSays() {
    var outcomes = SingleLabelOutcomes.of(new int[] {0, 0, 0, 0}, new int[] {0, 0, 0, 1}, 3);
    TestReport report = TestReport.builder("t", List.of("seen", "answered", "neither"), outcomes).build();
    assertThat(report.metrics().averages().macro().f1()).as("scikit-learn's: (6/7 + 0) / 2").isEqualTo(3 / 7.0);
    assertThat(HtmlReport.render(report)).contains("2 of 3 labels have no test row",
        "1 of them, which were answered all the same, count as 0");
  }

  @Test
  void trialsAreATableWithTheChosenValueInBold() {
    List<LogRecord> log = List.of(new TrialRecord("C", 0.1, Map.of("macro_f1", 0.8, "micro_f1", 0.7), false),
        new TrialRecord("C", 10, Map.of("macro_f1", 0.9, "micro_f1", 0.6), true));
    assertThat(HtmlReport.render(SampleReport.builder(SampleReport.LABELS).log(log).build()))
        .contains("Choosing C", "<strong>10</strong>", "0.900", ">0.1<", "0.600");
  }

  @Test
  void wordsOfLabelsAreShownFromTheStrongestAndEscaped() {
    List<List<TellingWord>> words = new ArrayList<>(Collections.nCopies(SampleReport.LABELS.size(), List.of()));
    words.set(1, List.of(new TellingWord("<b>", 2), new TellingWord("lens", 1)));
    String page = HtmlReport.render(SampleReport.builder(SampleReport.LABELS).words(words).build());
    assertThat(page).contains("Most telling words", "&lt;b&gt;", "--share:1.00", "--share:0.50").doesNotContain("<b>");
    assertThat(HtmlReport.render(SampleReport.builder(SampleReport.LABELS).build()))
        .doesNotContain("Most telling words");
  }

  @Test
  void aRunThatGoesThroughItsRowsOneByOneIsDrawnByEpoch() {
    List<LogRecord> log = List.of(new StepRecord(100, 0.5, 2, 0.1, Double.NaN, 5, 1),
        new StepRecord(200, 1, 1, 0.1, Double.NaN, 5, 2));
    assertThat(HtmlReport.render(SampleReport.builder(SampleReport.LABELS).log(log).build()))
        .contains("data-axis=\"epoch\"", "Words a second").doesNotContain("data-axis=\"step\"");
  }

  @Test
  void longLogsAreThinned() {
    var page = HtmlReport.render(SampleReport.builder(SampleReport.LABELS).log(SampleReport.log(100_000)).build());
    assertThat(page.length()).isLessThan(300_000);
  }

  @Test
  void divergedLossBreaksTheLineInsteadOfThePage() {
    var log = List.<LogRecord>of(
        new StepRecord(1, 0.1, 2, 1e-3, 1, 1, 1),
        new StepRecord(2, 0.2, Double.NaN, 1e-3, Double.POSITIVE_INFINITY, 1, 2),
        new StepRecord(3, 0.3, 1, 1e-3, 1, 1, 3));
    assertThat(HtmlReport.render(SampleReport.builder(SampleReport.LABELS).log(log).build()))
        .contains("Loss").doesNotContain("NaN", "Infinity");
  }
}
