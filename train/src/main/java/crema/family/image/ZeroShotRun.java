package crema.family.image;

import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.RowSource;
import crema.data.SplitRows;
import crema.data.image.PicturePreparation;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.train.StepLog;
import crema.pretrained.PretrainedClip;
import crema.run.RowCounts;
import crema.run.RunPictures;
import crema.run.RunRows;
import crema.run.TextRun;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.LossRows;
import crema.task.ScoredRows;
import crema.task.Target;
import crema.tensor.Backend;
import crema.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a classifier of pictures without training: the vector of a picture is compared with those that CLIP makes of the
 * names of labels. Of the training rows only the labels are read.
 */
final class ZeroShotRun {
  private final Settings settings;
  private final Backend backend;
  private final RunContext context;
  private final ModelDirectory directory;

  /**
   * A run in a directory.
   *
   * @param backend where to compute; the caller closes it
   */
  ZeroShotRun(Settings settings, Backend backend, RunContext context) {
    this.settings = settings;
    this.backend = backend;
    this.context = context;
    directory = context.directory();
  }

  TrainingResult run() throws IOException {
    try (StartingTower start = StartingTower.of(settings, context)) {
      return run(start);
    }
  }

  private TrainingResult run(StartingTower start) throws IOException {
    var run = new TextRun(settings, new AnswerSettings(settings), context);
    Optional<TrainingResult> rest = run.rest(() -> pictured(RunRows.of(context, settings), start.preparation()));
    if (rest.isPresent()) {
      return rest.get();
    }
    SplitRows rows = directory.begin(new ImageFamily(), settings,
        () -> pictured(RunRows.of(context, settings), start.preparation()));
    var reading = new LabelSettings(settings);
    Target target = Target.of(reading, rows.labels(), LossRows.of(settings, reading.kind()).link(reading.kind()),
        new AnswerSettings(settings));
    try (var network = new ImageNetwork(ParameterSource.random(backend, settings.get(TrainingSettings.SEED)),
        new ImageNetworkConfig(start.config(), 0, 0, true, target.labels().size()))) {
      start.load(network, context);
      context.listener().stage("Making vectors of names");
      loadHead(network, context.locate(settings.get(ImageSettings.VISION)), target.labels().names());
      try (var classifier = ImageClassifier.ofRun(backend, network, target, start.preparation(),
          context.compute().threads()); StepLog log = StepLog.resume(directory.log(), 0)) {
        ScoredRows validation = run.validate(classifier, rows.validation(), 0, 0, log);
        var facts = new LinkedHashMap<String, String>();
        facts.put("Network", network.config().describe());
        facts.put("Names", settings.get(ImageSettings.NAME_PROMPT));
        return run.finish(classifier, new ImageFiles(network, start.preparation(), directory), rows,
            RowCounts.of(rows, target.labels()), validation, 0, facts);
      }
    }
  }

  /** The rows that have a picture which can be read; the labels are those of all. */
  private SplitRows pictured(SplitRows rows, PicturePreparation preparation) {
    try (RunPictures pictures =
        RunPictures.prepare(List.of(rows.validation(), rows.test()), preparation, settings, context)) {
      SplitRows measured = RunPictures.usable(
          new SplitRows(RowSource.of(List.of()), rows.validation(), rows.test(), rows.labels()), pictures, pictures,
          settings, context);
      return new SplitRows(pictured(rows.train()), pictured(measured.validation()), pictured(measured.test()),
          rows.labels());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RowSource pictured(RowSource rows) {
    return rows.map("pictures", "", row -> row.meta().picture() == null ? null : row);
  }

  private void loadHead(ImageNetwork network, Path folder, List<String> names) throws IOException {
    String prompt = settings.get(ImageSettings.NAME_PROMPT);
    PretrainedClip.TextVectors texts = PretrainedClip.vectors(folder,
        names.stream().map(name -> prompt.replace(ImageSettings.NAME, name)).toList(), backend);
    int features = network.tower().features();
    var weight = new float[names.size() * features];
    for (int label = 0; label < names.size(); label++) {
      for (int i = 0; i < features; i++) {
        weight[label * features + i] = (float) (texts.scale() * texts.vectors()[label][i]);
      }
    }
    try (var scope = new Scope(backend)) {
      network.loadIntersecting(Weights.of(Map.of("classifier.weight", scope.floats(weight, names.size(), features),
          "classifier.bias", scope.floats(new float[names.size()], names.size()))));
    }
  }
}
