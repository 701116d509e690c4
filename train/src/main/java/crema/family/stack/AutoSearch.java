package crema.family.stack;

import crema.base.FileTree;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.family.stack.AutoPlan.Member;
import crema.nn.train.StopSignal;
import crema.run.ValidationSettings;
import crema.settings.JsonFile;
import crema.settings.Settings;
import crema.settings.StoredSettings;
import crema.task.AnswerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trains the members of an automatic run on folds, fit by fit: the cheapest first, as long as the time budget lasts. Each
 * fit is kept when it is made, and a run that was stopped goes on with the next.
 */
final class AutoSearch {
  /** A member that is so much worse than the best on the first fold cannot help it. */
  private static final double HOPELESS = 0.1;
  /** What the last trainings take longer than those on folds, beside having more rows. */
  private static final double RESERVE = 1.1;
  /** What a fit costs besides what is counted is not less by more than this. */
  private static final double LEAST_RATIO = 0.25;
  private static final String SECONDS = "seconds";

  private final Settings settings;
  private final HeldOut heldOut;
  private final List<Member> plan;
  private final long began;
  private final ComputeOptions compute;
  private final TrainingListener listener;
  private final StopSignal stop;
  private final MemberTraining training;
  private final LevelScore score;
  private final Path kept;
  private final int folds;
  private final List<String> names;
  private final int most;
  private final double budget;
  private final boolean isTimed;
  private final List<String> done = new ArrayList<>();
  private final List<Trained> whole = new ArrayList<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  /** Seconds of fits that were made by a process before this one. */
  private double before;
  private boolean isCut;

  /**
   * A search.
   *
   * @param settings of the run
   * @param context where the run writes, and how it is watched
   * @param heldOut the rows, fold by fold
   * @param plan the members, in the order in which they are tried
   * @param began when the run began, of which the time budget is spent
   */
  AutoSearch(Settings settings, RunContext context, HeldOut heldOut, List<Member> plan, long began) {
    this.settings = settings;
    this.heldOut = heldOut;
    this.plan = plan;
    this.began = began;
    compute = context.compute();
    listener = context.listener();
    stop = context.stop();
    training = new MemberTraining(settings, context);
    score = new LevelScore(heldOut.space(), new AnswerSettings(settings), settings.get(ValidationSettings.METRIC));
    kept = context.directory().checkpoints().resolve("fits");
    folds = heldOut.folds();
    names = AutoSettings.fitNames(settings);
    most = AutoSettings.fitCount(settings).orElse(Integer.MAX_VALUE);
    budget = AutoSettings.timeBudget(settings).toMillis() * 1e-3;
    isTimed = settings.get(AutoSettings.FITS).isEmpty();
  }

  /** The fits of a member, fold by fold; whole if there is one a fold. */
  static final class Trained {
    private final List<Fit> fits = new ArrayList<>();
    private Member member;
    /** Seconds that it took to settle what all fits have in common. */
    private double settling;

    Trained(Member member) {
      this.member = member;
    }

    /** The member, with the settings of its fits. */
    Member member() {
      return member;
    }

    double seconds() {
      return settling + fits.stream().mapToDouble(Fit::seconds).sum();
    }

    double mean(ToDoubleFunction<Fit> value) {
      return fits.stream().mapToDouble(value).average().orElse(0);
    }

    float[][] evidence() {
      return fits.stream().flatMap(fit -> Stream.of(fit.evidence())).toArray(float[][]::new);
    }
  }

  /** The name of a fit; folds are counted from 1. */
  static String name(Member member, int fold) {
    return member.name() + "/" + fold;
  }

  /** Seconds since a time of {@link System#nanoTime}. */
  static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) * 1e-9;
  }

  /** The names of the fits that were made, in their order. */
  List<String> done() {
    return done;
  }

  /** The members that have a fit for each fold. */
  List<Trained> whole() {
    return whole;
  }

  /** Which members were given up, and where the list was cut. */
  Map<String, String> notes() {
    return notes;
  }

  /** Tries all members that can be tried; false if the run was asked to stop. */
  boolean run() throws IOException {
    for (int i = 0; i < plan.size() && !isCut; i++) {
      var trained = new Trained(plan.get(i));
      if (!run(trained)) {
        return false;
      }
      if (trained.fits.size() == folds) {
        whole.add(trained);
      }
    }
    return true;
  }

  /** Trains a member on each fold, unless it proves hopeless or the list ends; false if the run was asked to stop. */
  private boolean run(Trained trained) throws IOException {
    for (int fold = 0; fold < folds; fold++) {
      String name = name(trained.member, fold + 1);
      if (!names.isEmpty() && !names.contains(name)) {
        return true;
      }
      if (done.size() == most) {
        isCut = true;
        return true;
      }
      Path file = kept.resolve(trained.member.name() + "-" + (fold + 1) + ".fit");
      boolean isMade = Files.exists(file);
      if (!isMade && isTimed && !isAffordable(trained)) {
        cut(trained);
        return true;
      }
      if (fold == 0 && !settle(trained)) {
        return false;
      }
      Fit fit;
      if (isMade) {
        fit = Fit.read(file);
        before += fit.seconds();
      } else {
        Optional<Fit> made = fit(trained.member, fold);
        if (made.isEmpty()) {
          return false;
        }
        fit = made.get();
        fit.write(file);
      }
      // Not before the fit is kept: of a model that was deleted in part, a run that goes on would find what is left.
      FileTree.delete(directory(trained.member, fold));
      trained.fits.add(fit);
      done.add(name);
      if (fold == 0 && isHopeless(trained)) {
        return true;
      }
    }
    return true;
  }

  /**
   * Whether the other folds of a member, and the last trainings of all members, end within the budget. Of the first
   * member that is not asked, since its first training says little: a process becomes faster as it runs.
   */
  private boolean isAffordable(Trained next) {
    double spent = before + secondsSince(began);
    if (whole.isEmpty()) {
      return done.isEmpty() || spent <= budget;
    }
    boolean isBegun = !next.fits.isEmpty();
    double each = isBegun ? next.mean(Fit::seconds) : expected(next.member, last -> last.mean(Fit::seconds));
    double settling = isBegun ? 0 : expected(next.member, last -> last.settling);
    double last = Stream.concat(whole.stream().map(trained -> trained.mean(Fit::seconds)), Stream.of(each))
        .mapToDouble(Double::doubleValue).sum() * folds / (folds - 1) * RESERVE;
    return spent + settling + each * (folds - next.fits.size()) + last <= budget;
  }

  /** What something will take of a member, by what it took of the last one, of its family if there was one. */
  private double expected(Member member, ToDoubleFunction<Trained> seconds) {
    Trained last = whole.reversed().stream()
        .filter(trained -> trained.member.family().key().equals(member.family().key())).findFirst()
        .orElse(whole.getLast());
    boolean isCounted = member.cost() > 0 && last.member.cost() > 0;
    return seconds.applyAsDouble(last) * (isCounted ? Math.max(LEAST_RATIO, member.cost() / last.member.cost()) : 1);
  }

  private void cut(Trained at) {
    isCut = true;
    List<String> left =
        plan.stream().dropWhile(member -> member.kind() != at.member.kind()).map(Member::name).toList();
    if (whole.isEmpty()) {
      double seconds = at.mean(Fit::seconds) * (folds + 1);
      throw settings.error(AutoSettings.TIME_BUDGET, " is too small for one model: '" + at.member.name()
          + String.format(Locale.ROOT,
              "' takes about %,.0f seconds with its %,d folds: give more, with --resume to go on from here",
              Math.ceil(seconds), folds));
    }
    notes.put("Cut by the time budget", String.join(", ", left));
    listener.warning("the time budget ends before " + String.join(", ", left) + "; more is tried with a larger "
        + "--time-budget, or --fits");
  }

  /** Whether a member is far behind the best of those before it on the first fold. */
  private boolean isHopeless(Trained trained) {
    if (whole.isEmpty() || !names.isEmpty()) {
      return false;
    }
    double best = whole.stream().mapToDouble(this::firstScore).max().orElseThrow();
    double own = firstScore(trained);
    if (own >= best - HOPELESS) {
      return false;
    }
    notes.merge("Given up after one fold", trained.member.name(), (earlier, name) -> earlier + ", " + name);
    return true;
  }

  private double firstScore(Trained trained) {
    return score.ofEvidence(trained.fits.getFirst().evidence(), heldOut.truth(0), heldOut.weights(0));
  }

  /** Settles what all trainings of a member have in common, by the rows of the first; false if the run was asked to stop. */
  private boolean settle(Trained trained) throws IOException {
    Member member = trained.member;
    Path file = kept.resolve(member.name() + ".settings");
    if (Files.exists(file)) {
      Map<String, @Nullable Object> json = JsonFile.read(file);
      trained.member = member.with(StoredSettings.of(json, Map.of()).over(member.family().settings()));
      trained.settling = json.get(SECONDS) instanceof Number seconds ? seconds.doubleValue() : 0;
      before += trained.settling;
      return true;
    }
    Files.createDirectories(kept);
    listener.stage(String.format(Locale.ROOT, "%s, settings", member.name()));
    long beganSettling = System.nanoTime();
    var own = new ModelDirectory(kept.resolve(member.name()));
    trained.member = training.settled(member, heldOut.others(0), own);
    trained.settling = secondsSince(beganSettling);
    if (stop.isRequested()) {
      return false;
    }
    var json = new LinkedHashMap<>(StoredSettings.of(member.family().key(), trained.member.settings()).json());
    json.put(SECONDS, trained.settling);
    JsonFile.write(file, json);
    FileTree.delete(own.path());
    return true;
  }

  /** Trains on all folds but one; empty if the run was asked to stop. */
  private Optional<Fit> fit(Member member, int fold) throws IOException {
    var own = new ModelDirectory(directory(member, fold));
    Files.createDirectories(own.path());
    long beganFit = System.nanoTime();
    listener.stage(String.format(Locale.ROOT, "%s, fold %d of %d", member.name(), fold + 1, folds));
    if (!own.isFinished() && !training.run(member, heldOut.others(fold), own, new TrainingListener() {})) {
      return Optional.empty();
    }
    double seconds = secondsSince(beganFit);
    Fit fit;
    try (Classifier classifier = StackDescription.open(own, compute)) {
      List<String> samples = heldOut.samples(classifier::text);
      double operations = MemberFacts.operations(classifier, samples);
      long beganAsking = System.nanoTime();
      float[][] evidence = heldOut.evidence(fold, classifier);
      fit = new Fit(evidence, seconds, secondsSince(beganAsking) * 1e3 / Math.max(1, evidence.length), operations,
          MemberFacts.bytes(own));
    }
    return Optional.of(fit);
  }

  /** Where the model of a fit is until it has answered. */
  private Path directory(Member member, int fold) {
    return kept.resolve(member.name() + "-" + (fold + 1));
  }
}
