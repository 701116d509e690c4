package crema.family.votes;

import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.ProblemListener;
import crema.data.SplitRows;
import crema.nn.train.StepLog;
import crema.run.ModelFiles;
import crema.run.RowCounts;
import crema.run.RunRows;
import crema.run.TextRun;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts. */
record VotesRun(Settings settings, RunContext context) implements Run {
  /** A model that is only to be written and tested. */
  private record Start(SplitRows rows, VotesClassifier classifier, ScoredRows validation) {}

  @Override
  public TrainingResult run() throws IOException {
    var run = new TextRun(settings, AnswerSettings.DEFAULT, context);
    Optional<TrainingResult> rest = run.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    Start start = context.directory().begin(new VotesFamily(), settings, () -> count(run));
    return run.finish(start.classifier(), new Files(start.classifier(), context.directory()), start.rows(),
        RowCounts.of(start.rows(), start.classifier().target().labels()), start.validation(), 1,
        Map.of("Model", "votes"));
  }

  private Start count(TextRun run) throws IOException {
    SplitRows rows = RunRows.of(context, settings);
    var target = new SingleLabelTarget(rows.labels());
    Map<String, List<Integer>> votes = new TreeMap<>();
    context.listener().stage("Counting");
    rows.train().forEach(ProblemListener.SILENT, row -> {
      int label = rows.labels().indexOf(row.labels().getFirst());
      for (String word : row.text().split(" ")) {
        List<Integer> counts =
            votes.computeIfAbsent(word, _ -> new ArrayList<>(Collections.nCopies(rows.labels().size(), 0)));
        counts.set(label, counts.get(label) + 1);
      }
    });
    var classifier = new VotesClassifier(target, settings.get(VotesFamily.PRIOR), votes);
    ScoredRows validation;
    try (var log = StepLog.create(context.directory().log())) {
      validation = run.validate(classifier, rows.validation(), 1, 1, log);
    }
    return new Start(rows, classifier, validation);
  }

  private record Files(VotesClassifier classifier, ModelDirectory directory) implements ModelFiles {
    @Override
    public void writeWeights() throws IOException {
      classifier.write(directory);
    }

    @Override
    public void writeDescription() throws IOException {
      ModelConfig.of(new VotesFamily(), Map.of()).write(directory);
    }
  }
}
