package crema.classify;

import crema.data.LabelSet;
import crema.family.encoder.EncoderDescription;
import crema.family.staged.Routes;
import crema.family.staged.StagedDescription;
import crema.fasttext.FastText;
import crema.fasttext.FastTextConfig;
import crema.nn.io.SafetensorsReader;
import crema.task.MultiLabelTarget;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TargetFile;
import crema.task.TaxonomyTarget;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What there is to know of a model without running it.
 *
 * @param facts names and values for people, in order
 */
public record ModelSummary(Map<String, String> facts) {
  private static final int SHOWN_LABELS = 12;

  /**
   * Summarizes a model directory.
   *
   * @throws crema.base.UserError when it is not one
   */
  public static ModelSummary of(ModelDirectory directory) throws IOException {
    var facts = new LinkedHashMap<String, String>();
    facts.put("Model", directory.path().toString());
    switch (ModelKind.of(directory)) {
      case ENCODER -> describeEncoder(directory, facts);
      case FAST_TEXT -> describeFastText(directory, facts);
      case LINEAR -> facts.put("Kind", "linear, a hyperplane a label over TF-IDF");
      case STAGED -> facts.put("Kind", describeStages(StagedDescription.read(directory)));
    }
    if (Files.exists(directory.target())) {
      facts.put("Answers", answers(TargetFile.read(directory)));
    }
    facts.put("Labels", labels(LabelSet.load(directory.labels())));
    if (Files.exists(directory.provenance())) {
      var provenance = ModelDirectory.readJson(directory.provenance(), Provenance.class);
      facts.put("Trained", provenance.created() + " by Crema " + provenance.crema() + " on " + provenance.java());
      facts.put("Command", String.join(" ", provenance.command()));
      facts.put("Rows", "%,d training, %,d validation, %,d test".formatted(provenance.trainRows(),
          provenance.validationRows(), provenance.testRows()));
      facts.put("Steps", "%,d, best at %,d".formatted(provenance.steps(), provenance.bestStep()));
      facts.put("Seed", Long.toString(provenance.seed()));
      facts.put("Data hash", provenance.dataHash());
    }
    return new ModelSummary(facts);
  }

  private static void describeEncoder(ModelDirectory directory, Map<String, String> facts) throws IOException {
    var description = EncoderDescription.read(directory);
    var encoder = description.network().encoder();
    facts.put("Kind", "transformer encoder, " + encoder.numHiddenLayers() + " layers of " + encoder.hiddenSize()
        + ", " + encoder.numAttentionHeads() + " heads (" + encoder.numKeyValueHeads() + " for keys and values), head "
        + description.network().head().kind());
    try (var weights = SafetensorsReader.open(directory.weights())) {
      facts.put("Parameters", "%,d".formatted(weights.shapes().values().stream().mapToLong(Shape::elements).sum()));
    }
    facts.put("Tokens", "%,d in the vocabulary, texts cut to %,d".formatted(encoder.vocabSize(),
        description.maxLength()));
  }

  private static void describeFastText(ModelDirectory directory, Map<String, String> facts) throws IOException {
    FastText model = FastText.load(directory.fastText());
    FastTextConfig config = model.config();
    facts.put("Kind", "fastText, %,d words and %,d n-gram buckets of %,d, loss %s, word n-grams to %d, character n-grams %s"
        .formatted(model.words().size(), config.bucket(), model.dim(), config.loss().key(), config.wordNgrams(),
            config.maxn() == 0 ? "none" : config.minn() + " to " + config.maxn()));
    facts.put("File", directory.fastText() + ", which fastText itself can read");
  }

  private static String describeStages(Routes routes) {
    return "%,d models that decide one after the other, the first between %s".formatted(routes.stages().size(),
        String.join(", ", shown(routes.stages().getFirst().branches())));
  }

  private static String answers(Target target) {
    return switch (target) {
      case SingleLabelTarget _ -> "one label";
      case MultiLabelTarget several -> {
        DoubleSummaryStatistics thresholds = IntStream.range(0, several.labels().size())
            .mapToDouble(several.thresholds()::value).summaryStatistics();
        yield String.format(Locale.ROOT, "all labels from the probability %.3g", thresholds.getMin())
            + (thresholds.getMax() > thresholds.getMin()
                ? String.format(Locale.ROOT, " to %.3g", thresholds.getMax()) : "")
            + (several.thresholds().isAtLeastOne() ? ", at least one" : "");
      }
      case TaxonomyTarget paths -> "a path in a taxonomy of " + paths.taxonomy().depth() + " levels, its segments separated by '"
          + paths.separator() + "'";
    };
  }

  private static String labels(LabelSet labels) {
    return labels.size() + ": " + String.join(", ", shown(labels.names()));
  }

  private static List<String> shown(List<String> names) {
    return names.size() <= SHOWN_LABELS
        ? names
        : Stream.concat(names.stream().limit(SHOWN_LABELS), Stream.of("...")).toList();
  }
}
