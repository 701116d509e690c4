package crema.tune;

import crema.base.UserError;
import crema.classify.ModelFamily;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.data.DataProfile;
import crema.data.Grouping;
import crema.data.ProblemListener;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.SplitRows;
import crema.defaults.ChosenSettings;
import crema.metrics.Metric;
import crema.nn.train.StoppedException;
import crema.run.DataSettings;
import crema.run.RunRows;
import crema.run.TaskSettings;
import crema.run.TrainingFolds;
import crema.run.TrainingSettings;
import crema.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Trains a family with settings from ranges, and finds those that are best on validation rows. A trial learns from training
 * rows alone, of which it splits off its own if it needs some to know when to stop: validation rows do nothing but compare,
 * and test rows are not read. Most trials end on a part of the rows, by {@link Rungs}.
 *
 * <p>The settings of the trials and their scores depend on the settings, the rows and the seed. Each training is kept when
 * it ends: a search that was stopped goes on where it was.
 */
public final class Tuning {
  private static final double USUAL_SHARE = 0.1;
  /** So many points without a trial that can be trained, or another one, and there are no more. */
  private static final int MOST_MISSES = 1000;

  private final ModelFamily family;
  private final Settings settings;
  private final SearchSpace space;
  private final int count;
  private final Metric metric;
  private final Path output;
  private final RunContext context;
  private final TrainingListener listener;

  /** What all trials are trained and measured on. */
  private record Data(SplitRows rows, Rungs rungs, List<RowSource> parts, String fingerprint) {}

  /**
   * A search.
   *
   * @param family of the models
   * @param settings those that are the same for all trials
   * @param ranges of the others; at least one
   * @param count how many trials
   * @param seed chooses the trials
   * @param metric by which trials are compared
   * @param output the folder to write
   * @param context how it computes and is watched; its directory is not used
   * @throws UserError if a range is none, or these settings cannot be searched
   */
  public Tuning(ModelFamily family, Settings settings, List<WrittenRange> ranges, int count, long seed, Metric metric,
      Path output, RunContext context) {
    this.family = family;
    this.settings = settings;
    this.count = count;
    this.metric = metric;
    this.output = output;
    this.context = context;
    listener = context.listener();
    if (ranges.isEmpty()) {
      throw new UserError("there is nothing to search: no setting has a range, such as learning-rate: "
          + "{log: [1e-4, 1e-2]}");
    }
    space = new SearchSpace(ranges.stream().map(range -> SearchRange.of(range, settings)).toList(), seed);
    if (settings.has(TaskSettings.TASKS) && TaskSettings.hasTasks(settings)) {
      throw settings.error(TaskSettings.TASKS, " cannot be searched: a search is of one task");
    }
    if (settings.has(TrainingFolds.FOLDS) && settings.get(TrainingFolds.FOLDS) > 0) {
      throw settings.error(TrainingFolds.FOLDS, " has no effect on a search, which compares on validation rows: "
          + "leave it out");
    }
  }

  /**
   * A search that ended.
   *
   * @param trials all trials, in their order
   * @param best the best one
   * @param rungs the shares of the training rows, the smallest first
   */
  public record Result(List<Trial> trials, Trial best, List<Double> rungs) {
    /** Copies the lists. */
    public Result {
      trials = List.copyOf(trials);
      rungs = List.copyOf(rungs);
    }
  }

  /**
   * Searches.
   *
   * @param watching is notified of each training
   * @return empty if it was asked to stop
   * @throws UserError when no trial can be trained
   */
  public Optional<Result> run(TuneListener watching) throws IOException {
    try {
      return search(watching);
    } catch (StoppedException e) {
      // What was under way is made again.
      return Optional.empty();
    }
  }

  private Optional<Result> search(TuneListener watching) throws IOException {
    Data data = data();
    List<Trial> trials = trials(DataProfile.of(data.rows().train()));
    List<Trial> left = trials;
    for (int rung = 1; rung <= data.rungs().count(); rung++) {
      boolean isLast = rung == data.rungs().count();
      for (Trial trial : left) {
        var place = new TuneListener.Place(rung, data.rungs().count(), left.indexOf(trial) + 1, left.size());
        watching.begins(trial, place);
        var training = new TrialTraining(trial, trial.folder(output, rung), metric, isLast, context);
        if (!training.run(family, data.parts().get(rung - 1), data.rows(), data.fingerprint())) {
          return Optional.empty();
        }
        watching.ended(trial, place, trial.failure() == null ? trial.scores().getLast() : null);
      }
      List<Trial> ranked = left.stream().filter(trial -> trial.failure() == null)
          .sorted(Comparator.comparingDouble(Trial::lastScore).reversed()).toList();
      if (ranked.isEmpty()) {
        throw new UserError("no trial could be trained; the first: " + left.getFirst().failure());
      }
      left = isLast ? ranked.subList(0, 1)
          : ranked.subList(0, Math.min(ranked.size(), Rungs.kept(left.size()))).stream()
              .sorted(Comparator.comparingInt(Trial::number)).toList();
    }
    return Optional.of(new Result(trials, left.getFirst(), data.rungs().shares()));
  }

  private Data data() throws IOException {
    var own = new DataSettings(settings);
    boolean needsShare = own.validation().isEmpty() && own.validationFraction() == 0;
    var data = needsShare ? new DataSettings(settings.with(DataSettings.VALIDATION_FRACTION, USUAL_SHARE)) : own;
    SplitRows rows = RunRows.read(data, settings.get(TrainingSettings.SEED), context.listener(), context.stop());
    long size = DataProfile.of(rows.train()).rows();
    var rungs = Rungs.of(size, count);
    return new Data(rows, rungs, parts(rows.train(), rungs),
        rows.train().fingerprint() + rows.validation().fingerprint());
  }

  /** The training rows of each rung: those of a rung are all of the one before it, and more. */
  private List<RowSource> parts(RowSource train, Rungs rungs) {
    if (rungs.count() == 1) {
      return List.of(train);
    }
    var shares = new ArrayList<Double>();
    double before = 0;
    for (double share : rungs.shares()) {
      shares.add(share - before);
      before = share;
    }
    var names = shares.stream().map(share -> "rung").toList();
    SplitPlan plan = grouped(new SplitPlan(names, shares, true, Grouping.ROWS, true,
        settings.get(TrainingSettings.SEED)));
    Split split = Split.of(train, plan, ProblemListener.SILENT);
    var parts = new ArrayList<RowSource>();
    for (int rung = 0; rung < rungs.count() - 1; rung++) {
      RowSource added = split.part(rung);
      parts.add(parts.isEmpty() ? added : RowSource.concat(List.of(parts.getLast(), added)));
    }
    parts.add(train);
    return parts;
  }

  private SplitPlan grouped(SplitPlan plan) {
    var data = new DataSettings(settings);
    SplitPlan spread = data.isStratified() ? plan : plan.unstratified();
    return data.group().isPresent() ? spread.withGrouping(Grouping.COLUMN) : spread;
  }

  /** The trials: points whose settings can be together, no two alike. */
  private List<Trial> trials(DataProfile profile) {
    var trials = new ArrayList<Trial>();
    List<String> names = space.ranges().stream().map(SearchRange::name).toList();
    Set<Settings> seen = new HashSet<>();
    UserError reason = null;
    int misses = 0;
    for (long point = 0; trials.size() < count && misses < MOST_MISSES; point++) {
      Settings own = settings;
      try {
        for (var value : space.point(point)) {
          own = own.with(value);
        }
        own = family.resolved(own).checked();
      } catch (UserError e) {
        reason = reason == null ? e : reason;
        misses++;
        continue;
      }
      if (seen.add(own)) {
        trials.add(new Trial(trials.size() + 1,
            ChosenSettings.of(family.defaultRules(), own, profile).settings(), names));
        misses = 0;
      } else {
        misses++;
      }
    }
    if (trials.isEmpty() && reason != null) {
      throw reason;
    }
    if (trials.size() < count) {
      listener.warning(String.format(Locale.ROOT,
          "the ranges have %,d different values only: so many trials are made, not %,d", trials.size(), count));
    }
    return trials;
  }
}
