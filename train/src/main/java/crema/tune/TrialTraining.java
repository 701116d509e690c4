package crema.tune;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.Sha256;
import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.Grouping;
import crema.data.LabelCounts;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.SplitRows;
import crema.metrics.Metric;
import crema.report.ComparedRun;
import crema.run.CalibrationFolds;
import crema.run.DataSettings;
import crema.run.ProgressOnly;
import crema.run.TrainingSettings;
import crema.settings.Setting;
import crema.settings.Settings;
import crema.task.LabelSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A training of a trial on some of the training rows, measured on the validation rows. Of what it writes the report stays
 * and not the model; beside it lies a note by which one that ended is known.
 *
 * @param trial is told what came of it
 * @param folder where it writes
 * @param metric which score counts
 * @param isLast whether it is on all rows, and compared with others
 * @param context how it computes
 */
record TrialTraining(Trial trial, Path folder, Metric metric, boolean isLast, RunContext context) {
  /** What is split off for a family that must know when to stop. */
  private static final double OWN_VALIDATION = 0.1;
  private static final String SETTINGS = "settings";
  private static final String SECONDS = "seconds";
  private static final String SCORE = "score";
  private static final String FAILURE = "failure";

  /**
   * What is noted of it.
   *
   * @param digest of all that decides on its result
   * @param seconds how long it took
   * @param score what it reached; null while it is not over
   * @param failure why it has no score; null if that is not so
   */
  private record Note(String digest, double seconds, @Nullable Double score, @Nullable String failure) {}

  private Path note() {
    return folder.resolve("trial.json");
  }

  private ModelDirectory model() {
    return new ModelDirectory(folder.resolve("model"));
  }

  /**
   * Trains and measures, unless that was done before.
   *
   * @param train the rows to learn from
   * @param all the rows of the search, of which those for validation measure
   * @param fingerprint of these rows
   * @return false if it was asked to stop
   */
  boolean run(ModelFamily family, RowSource train, SplitRows all, String fingerprint) throws IOException {
    String digest = digest(family, train, fingerprint);
    Note note = read();
    if (note == null || !note.digest().equals(digest)) {
      FileTree.delete(folder);
      Files.createDirectories(folder);
      note = new Note(digest, 0, null, null);
      write(note);
    }
    if (note.score() == null && note.failure() == null) {
      note = train(family, train, all, digest);
      if (note == null) {
        return false;
      }
    }
    // Also what a kill has left of it.
    FileTree.delete(model().path());
    if (note.failure() != null) {
      trial.failed(note.failure());
    } else if (note.score() != null) {
      trial.measured(note.score(), note.seconds());
      if (isLast) {
        var kept = new ModelDirectory(folder);
        trial.finished(ComparedRun.read(trial.name(), trial.settings().get(TrainingSettings.SEED),
            Duration.ofMillis(Math.round(trial.seconds() * 1000)), kept.metrics(), kept.testOutcomes()));
      }
    }
    return true;
  }

  /** Trains; null if it was asked to stop. */
  private @Nullable Note train(ModelFamily family, RowSource train, SplitRows all, String digest) throws IOException {
    long began = System.nanoTime();
    ModelDirectory model = model();
    Note note;
    try {
      if (model.isFinished()) {
        // It was stopped between its end and the note.
        FileTree.delete(model.path());
      }
      if (!model.holdsRun()) {
        model.prepareForRun(false);
      }
      TrainingResult result = family.newRun(CalibrationFolds.without(trial.settings()), context.withDirectory(model)
          .withRows(rows(train, all)).withListener(new ProgressOnly(context.listener()))).run();
      if (result.report() == null) {
        return null;
      }
      note = new Note(digest, (System.nanoTime() - began) * 1e-9, metric.of(result.report().metrics()), null);
      var kept = new ModelDirectory(folder);
      Files.copy(model.metrics(), kept.metrics(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(model.testOutcomes(), kept.testOutcomes(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(model.report(), kept.report(), StandardCopyOption.REPLACE_EXISTING);
    } catch (UserError e) {
      note = new Note(digest, (System.nanoTime() - began) * 1e-9, null, e.getMessage());
    }
    write(note);
    return note;
  }

  /** What the family sees: its own validation rows are training rows, and those that measure are its test. */
  private SplitRows rows(RowSource train, SplitRows all) {
    Settings settings = trial.settings();
    var data = new DataSettings(settings);
    SplitPlan plan = SplitPlan.trainValidationTest(OWN_VALIDATION, 0, settings.get(TrainingSettings.SEED));
    plan = data.isStratified() ? plan : plan.unstratified();
    Split split = Split.of(train, data.group().isPresent() ? plan.withGrouping(Grouping.COLUMN) : plan,
        ProblemListener.SILENT);
    return new SplitRows(split.train(), split.validation(), all.validation(),
        LabelCounts.count(split.train(), new LabelSettings(settings).format(), ProblemListener.SILENT));
  }

  /** A digest of all that decides on the result. */
  private String digest(ModelFamily family, RowSource train, String fingerprint) {
    return Sha256.ofLines(List.of(family.key(), trial.settings().plain(Setting::isDecisive).toString(), metric.key(),
        train.fingerprint(), fingerprint));
  }

  private @Nullable Note read() throws IOException {
    if (!Files.exists(note())) {
      return null;
    }
    try {
      JsonNode json = Json.parse(Files.readString(note()));
      return new Note(json.path(SETTINGS).asString(""), json.path(SECONDS).asDouble(0),
          json.path(SCORE).isNumber() ? Double.valueOf(json.path(SCORE).asDouble()) : null,
          json.path(FAILURE).isString() ? json.path(FAILURE).asString("") : null);
    } catch (JsonException e) {
      // A damaged note says nothing: the training starts over.
      return null;
    }
  }

  private void write(Note note) throws IOException {
    var json = new ObjectNode().put(SETTINGS, note.digest()).put(SECONDS, note.seconds());
    if (note.score() != null) {
      json.put(SCORE, note.score());
    }
    if (note.failure() != null) {
      json.put(FAILURE, note.failure());
    }
    AtomicFile.writeText(note(), json + "\n");
  }
}
