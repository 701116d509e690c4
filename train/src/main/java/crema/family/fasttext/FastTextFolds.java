package crema.family.fasttext;

import crema.classify.TrainingListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.fasttext.FastText;
import crema.fasttext.TextSource;
import crema.metrics.ClassificationMetrics;
import crema.nn.train.StopSignal;
import crema.run.Folds;
import crema.run.LabelledTest;
import crema.run.Languages;
import crema.task.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Cross-validation of fastText settings: each part of the rows is tested by a model trained on the others. The parts
 * are {@link Folds}.
 */
final class FastTextFolds {
  /** Units of progress in a fold. */
  private static final int PROGRESS = 1000;

  private final FastTextSettings config;
  private final FastTextLines lines;
  private final int threads;
  private final TrainingListener listener;
  private final StopSignal stop;

  FastTextFolds(FastTextSettings config, FastTextLines lines, int threads, TrainingListener listener,
      StopSignal stop) {
    this.config = config;
    this.lines = lines;
    this.threads = threads;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains and tests once for each fold.
   *
   * @param target the labels of all rows
   * @return nothing if the run was asked to stop
   */
  Optional<FoldScores> run(RowSource rows, Target target) throws IOException {
    int folds = config.settings().get(FastTextSettings.FOLDS);
    listener.stage("Cross-validating");
    Split split = Folds.of(rows, config.settings(), folds);
    List<ClassificationMetrics> metrics = new ArrayList<>();
    for (int fold = 0; fold < folds; fold++) {
      int left = fold;
      long trainRows = IntStream.range(0, folds).filter(part -> part != left).mapToLong(split::size).sum();
      FastText model = train(lines.write(split.allBut(fold), "fold"), fold, trainRows);
      if (stop.isRequested()) {
        return Optional.empty();
      }
      try (var classifier = new FastTextClassifier(model, config.reading(), target, threads)) {
        var scored = new LabelledTest(split.part(fold), true, false, Languages.NONE, new TrainingListener() {})
            .scored(classifier);
        metrics.add(ClassificationMetrics.of(target.outcomes(scored)));
      }
    }
    return Optional.of(FoldScores.of(metrics));
  }

  private FastText train(TextSource text, int fold, long rows) throws IOException {
    var trainer = config.trainer(threads, rows).listener(progress -> {
      listener.progress(Math.round((fold + progress.fraction()) * PROGRESS),
          (long) config.settings().get(FastTextSettings.FOLDS) * PROGRESS);
      return !stop.isRequested();
    });
    return trainer.train(text);
  }
}
