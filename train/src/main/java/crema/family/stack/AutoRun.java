package crema.family.stack;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.UserError;
import crema.classify.CheckpointSettings;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.LabelCounts;
import crema.data.ProblemListener;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.RowCursor;
import crema.data.RowSource;
import crema.data.Split;
import crema.data.SplitPlan;
import crema.data.SplitRows;
import crema.family.stack.AutoPlan.Member;
import crema.family.stack.AutoSettings.Preference;
import crema.nn.loss.Link;
import crema.run.DataSettings;
import crema.run.Folds;
import crema.run.PrefixedListener;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.LabelSettings;
import crema.task.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Trains members on folds, the cheapest first, as long as the time budget lasts; chooses what is best by what they say of
 * rows that they have not seen; and trains what was chosen on all training rows. Its result depends on the settings, the
 * rows and the list of fits alone: the clock decides only on where that list ends. Each fit is kept when it is made, and a
 * run that was stopped goes on with the next.
 */
final class AutoRun implements Run {
  private static final int FOLDS = 5;
  /** With so many rows, three folds compare well enough. */
  private static final int MANY_ROWS = 20_000;
  private static final int FEWER_FOLDS = 3;
  private static final int FEWEST_FOLDS = 2;
  /** A member that is so much worse than the best on the first fold cannot help it. */
  private static final double HOPELESS = 0.1;
  /** Rows on which the test of a member is made that nobody reads. */
  private static final int FEW_ROWS = 16;
  /** What the last trainings take longer than those on folds, beside having more rows. */
  private static final double RESERVE = 1.1;

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final AnswerSettings answers;
  private final long began = System.nanoTime();

  AutoRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    answers = new AnswerSettings(settings);
  }

  /** What a run begins with. */
  private record Start(SplitRows rows, Target target, HeldOut heldOut, List<Member> plan) {}

  /** The fits of a member, fold by fold; whole if there is one a fold. */
  private record Trained(Member member, List<Fit> fits) {
    double seconds() {
      return fits.stream().mapToDouble(Fit::seconds).sum();
    }

    double mean(ToDoubleFunction<Fit> value) {
      return fits.stream().mapToDouble(value).average().orElse(0);
    }

    float[][] evidence() {
      return fits.stream().flatMap(fit -> Stream.of(fit.evidence())).toArray(float[][]::new);
    }
  }

  @Override
  public TrainingResult run() throws IOException {
    Start start = directory.begin(new AutoFamily(), settings, this::start);
    var search = new Search(start);
    if (!search.run()) {
      return interrupted();
    }
    listener.stage("Choosing a second level");
    Choice choice = choose(start, search.whole);
    var members = new ArrayList<StackMember>();
    List<String> text = settings.get(DataSettings.TEXT);
    for (Trained each : search.whole) {
      members.add(new StackMember(each.member().name(), each.member().name(), text));
    }
    var seconds = new LinkedHashMap<String, Double>();
    for (int i = 0; i < members.size(); i++) {
      if (choice.chosen().level().weights()[i] != 0) {
        long beganTraining = System.nanoTime();
        if (!trainedOnAll(search.whole.get(i).member(), start.rows())) {
          return interrupted();
        }
        seconds.put(members.get(i).name(), secondsSince(beganTraining));
      }
    }
    var facts = new LinkedHashMap<String, String>();
    facts.put("Second level", choice.chosen().describe());
    for (int i = 0; i < members.size(); i++) {
      Trained each = search.whole.get(i);
      String name = members.get(i).name();
      var row = new MemberFacts(choice.alone().get(i).score(), choice.alone().get(i).deviation(),
          each.seconds() + seconds.getOrDefault(name, 0.0), each.mean(Fit::latency), each.mean(Fit::operations),
          (long) each.mean(Fit::bytes));
      facts.put("Member " + name, row.describe(choice.chosen().level().weights()[i]));
    }
    facts.putAll(search.notes);
    facts.put("Fits", search.done.size() + ": " + String.join(", ", search.done));
    keepFits(search.done);
    return finish(start, choice.chosen(), members, facts);
  }

  private TrainingResult interrupted() {
    return new TrainingResult(0, 0, null);
  }

  private Start start() throws IOException {
    DataSettings.requireFiles(new DataSettings(settings).files());
    SplitRows rows = RunRows.withoutValidation(context, settings);
    Target target = Target.of(new LabelSettings(settings), rows.labels(), Link.SIGMOID, answers);
    var plan = new AutoPlan(settings, rows.train(), target.labels().size());
    List<Member> members = plan.members(listener);
    int folds = folds(plan.rows(), rows.labels().size());
    requireOneMember(members, folds);
    Split split = Folds.of(rows.train(), settings, folds);
    var heldOut = new HeldOut(new AnswerSpace(target), rows.train(), split, StackRun.MOST_SCORES, new ProblemLog());
    listener.model("%s, %,d folds of %,d rows; time budget %s".formatted(
        String.join(", ", members.stream().map(Member::name).toList()), folds, plan.rows(),
        settings.get(AutoSettings.FITS).isEmpty() ? settings.get(AutoSettings.TIME_BUDGET) : "not used"));
    return new Start(rows, target, heldOut, members);
  }

  /** How many folds: fewer where there are many rows, or where a fold would have fewer rows than there are labels. */
  private int folds(long rows, int labels) {
    Optional<Integer> given = settings.find(StackSettings.FOLDS);
    int folds = given.orElseGet(() -> (int) Math.clamp(rows / Math.max(1, labels), FEWEST_FOLDS,
        rows >= MANY_ROWS ? FEWER_FOLDS : FOLDS));
    if (rows / folds < labels) {
      throw settings.error(StackSettings.FOLDS, (given.isPresent() ? "" : ":")
          + " %,d folds of %,d rows have fewer rows than there are labels (%,d): give ".formatted(folds, rows, labels)
          + (folds > FEWEST_FOLDS ? "fewer folds" : "more rows, or one family with --model"));
    }
    return folds;
  }

  private void requireOneMember(List<Member> members, int folds) {
    int fits = AutoSettings.fitCount(settings).orElse(Integer.MAX_VALUE);
    List<String> names = AutoSettings.fitNames(settings);
    boolean isWhole = names.isEmpty() ? fits >= folds
        : members.stream().anyMatch(member -> IntStream.rangeClosed(1, folds)
            .allMatch(fold -> names.contains(fit(member, fold))));
    if (!isWhole) {
      throw settings.error(AutoSettings.FITS, " are fewer than the %d folds of one member: give at least %d, %s to %s"
          .formatted(folds, folds, fit(members.getFirst(), 1), fit(members.getFirst(), folds)));
    }
  }

  /** The name of a fit; folds are counted from 1. */
  private static String fit(Member member, int fold) {
    return member.name() + "/" + fold;
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) * 1e-9;
  }

  private Path fits() {
    return directory.checkpoints().resolve("fits");
  }

  /** Goes through the plan, fit by fit. */
  private final class Search {
    private final Start start;
    private final int folds;
    private final List<String> names = AutoSettings.fitNames(settings);
    private final int most = AutoSettings.fitCount(settings).orElse(Integer.MAX_VALUE);
    private final double budget = AutoSettings.timeBudget(settings).toMillis() * 1e-3;
    private final boolean isTimed = settings.get(AutoSettings.FITS).isEmpty();
    /** The names of the fits that were made, in their order. */
    final List<String> done = new ArrayList<>();
    /** The members that have a fit for each fold. */
    final List<Trained> whole = new ArrayList<>();
    /** Which members were given up, and where the list was cut. */
    final Map<String, String> notes = new LinkedHashMap<>();
    /** Seconds of fits that were made by a process before this one. */
    private double before;
    private boolean isCut;

    Search(Start start) {
      this.start = start;
      folds = start.heldOut().folds();
    }

    /** Tries all members that can be tried; false if the run was asked to stop. */
    boolean run() throws IOException {
      for (int i = 0; i < start.plan().size() && !isCut; i++) {
        var trained = new Trained(start.plan().get(i), new ArrayList<>());
        if (!run(trained)) {
          return false;
        }
        if (trained.fits().size() == folds) {
          whole.add(trained);
        }
      }
      return true;
    }

    /** Trains a member on each fold, unless it proves hopeless or the list ends; false if the run was asked to stop. */
    private boolean run(Trained trained) throws IOException {
      Member member = trained.member();
      for (int fold = 0; fold < folds; fold++) {
        String name = AutoRun.fit(member, fold + 1);
        if (!names.isEmpty() && !names.contains(name)) {
          return true;
        }
        if (done.size() == most) {
          isCut = true;
          return true;
        }
        Path file = fits().resolve(member.name() + "-" + (fold + 1) + ".fit");
        Fit fit;
        if (Files.exists(file)) {
          fit = Fit.read(file);
          before += fit.seconds();
        } else {
          if (isTimed && !isAffordable(trained)) {
            cut(trained);
            return true;
          }
          Optional<Fit> made = fit(member, fold);
          if (made.isEmpty()) {
            return false;
          }
          fit = made.get();
          fit.write(file);
        }
        trained.fits().add(fit);
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
      double each = next.fits().isEmpty() ? expected(next.member()) : next.mean(Fit::seconds);
      double last = Stream.concat(whole.stream().map(trained -> trained.mean(Fit::seconds)), Stream.of(each))
          .mapToDouble(Double::doubleValue).sum() * folds / (folds - 1) * RESERVE;
      return spent + each * (folds - next.fits().size()) + last <= budget;
    }

    /** What a fit of a member will take, by what those of the last member took. */
    private double expected(Member member) {
      Trained last = whole.getLast();
      boolean isLikeIt = member.family().key().equals(last.member().family().key());
      return last.mean(Fit::seconds) * (isLikeIt ? Math.max(1, member.cost() / last.member().cost()) : 1);
    }

    private void cut(Trained at) {
      isCut = true;
      List<Member> plan = start.plan();
      List<String> left = plan.subList(plan.indexOf(at.member()), plan.size()).stream().map(Member::name).toList();
      if (whole.isEmpty()) {
        double seconds = at.mean(Fit::seconds) * (folds + 1);
        throw settings.error(AutoSettings.TIME_BUDGET, " is too small for one model: '" + at.member().name()
            + "' takes about %,.0f seconds with its %,d folds: give more, with --resume to go on from here"
                .formatted(Math.ceil(seconds), folds));
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
      notes.merge("Given up after one fold", trained.member().name(), (earlier, name) -> earlier + ", " + name);
      return true;
    }

    private double firstScore(Trained trained) {
      return new LevelScore(start.heldOut().space(), answers, settings.get(ValidationSettings.METRIC))
          .ofEvidence(trained.fits().getFirst().evidence(), start.heldOut().truth(0));
    }

    /** Trains on all folds but one; empty if the run was asked to stop. */
    private Optional<Fit> fit(Member member, int fold) throws IOException {
      var own = new ModelDirectory(fits().resolve(member.name() + "-" + (fold + 1)));
      Files.createDirectories(own.path());
      long beganFit = System.nanoTime();
      listener.stage("%s, fold %d of %d".formatted(member.name(), fold + 1, folds));
      if (!own.holdsModel() && !train(member, start.heldOut().others(fold), own, new TrainingListener() {})) {
        return Optional.empty();
      }
      double seconds = secondsSince(beganFit);
      Fit fit;
      try (Classifier classifier = StackDescription.open(own, context.compute())) {
        List<String> samples = start.heldOut().samples(classifier::text);
        double operations = MemberFacts.operations(classifier, samples);
        long beganAsking = System.nanoTime();
        float[][] evidence = start.heldOut().evidence(fold, classifier);
        fit = new Fit(evidence, seconds, secondsSince(beganAsking) * 1e3 / Math.max(1, evidence.length), operations,
            MemberFacts.bytes(own));
      }
      FileTree.delete(own.path());
      return Optional.of(fit);
    }
  }

  /** Trains a member on all training rows, unless that was done before; false if the run was asked to stop. */
  private boolean trainedOnAll(Member member, SplitRows rows) throws IOException {
    ModelDirectory own = directory.folder(StackFamily.MEMBERS).folder(member.name());
    if (own.holdsModel()) {
      return true;
    }
    Files.createDirectories(own.path());
    if (!train(member, rows.train(), own, new PrefixedListener(member.name() + ": ", listener))) {
      return false;
    }
    // Its test was on a few training rows: the stack's report is what counts.
    for (Path file : List.of(own.report(), own.metrics(), own.testOutcomes(), own.log(), own.thresholdLog())) {
      Files.deleteIfExists(file);
    }
    return true;
  }

  /**
   * Trains a member.
   *
   * @return whether the model is whole; false if the run was asked to stop
   */
  private boolean train(Member member, RowSource train, ModelDirectory own, TrainingListener watching)
      throws IOException {
    RowSource few = first(train);
    RowSource learned = train;
    RowSource validation = few;
    if (member.settings().has(ValidationSettings.PATIENCE)) {
      // A family that is validated while it learns needs rows for that.
      Split split = Split.of(train, SplitPlan.trainValidationTest(0.1, 0, settings.get(TrainingSettings.SEED)),
          ProblemListener.SILENT);
      learned = split.train();
      validation = split.validation();
    }
    var rows = new SplitRows(learned, validation, few,
        LabelCounts.count(learned, new LabelSettings(settings).format(), ProblemListener.SILENT));
    ComputeOptions compute = member.family().hasTensors() ? context.compute()
        : ComputeOptions.threads(context.compute().threads());
    return !member.family().newRun(member.settings(), context.withDirectory(own).withRows(rows).withCompute(compute)
        .withCheckpoints(CheckpointSettings.DEFAULT).withListener(watching)).run().isInterrupted();
  }

  /** The first rows. */
  private static RowSource first(RowSource rows) {
    var first = new ArrayList<Row>();
    try (RowCursor cursor = rows.open(ProblemListener.SILENT)) {
      for (Row row = cursor.next(); row != null && first.size() < FEW_ROWS; row = cursor.next()) {
        first.add(row);
      }
    }
    return RowSource.of(first);
  }

  /** The second level that was chosen, and each member by itself. */
  private record Choice(LevelChoice.Measured chosen, List<LevelChoice.Measured> alone) {}

  private Choice choose(Start start, List<Trained> members) {
    var choice =
        new LevelChoice(start.heldOut().scored(members.stream().map(Trained::evidence).toList(), false), answers,
            settings.get(ValidationSettings.METRIC));
    List<LevelChoice.Measured> alone = choice.alone();
    List<LevelChoice.Measured> all = settings.find(StackSettings.LEVEL)
        .map(level -> level == LevelKind.BEST ? alone : List.of(choice.combined(level)))
        .orElseGet(() -> members.size() == 1 ? alone : Stream.concat(alone.stream(),
            Stream.of(LevelKind.AVERAGE, LevelKind.LOGISTIC).map(choice::combined)).toList());
    Preference prefer = settings.get(AutoSettings.PREFER);
    double best = all.stream().mapToDouble(LevelChoice.Measured::score).max().orElseThrow();
    Comparator<LevelChoice.Measured> order = switch (prefer) {
      case ACCURACY -> Comparator.comparingDouble(level -> -level.score());
      case BALANCED, FAST -> Comparator.comparingDouble(level -> sum(level, members, Fit::operations));
      case SMALL -> Comparator.comparingDouble(level -> sum(level, members, Fit::bytes));
    };
    // Of equally good ones the first: a member alone before a combination.
    return new Choice(all.stream().filter(level -> level.score() >= best - prefer.tolerance()).min(order).orElseThrow(),
        alone);
  }

  private static double sum(LevelChoice.Measured level, List<Trained> members,
      ToDoubleFunction<Fit> value) {
    double[] weights = level.level().weights();
    return IntStream.range(0, weights.length).filter(i -> weights[i] != 0).mapToDouble(i -> members.get(i).mean(value))
        .sum();
  }

  /** Adds the list of fits to the config with which the same can be trained again. */
  private void keepFits(List<String> done) throws IOException {
    if (Files.exists(directory.resolvedConfig()) && settings.get(AutoSettings.FITS).isEmpty()) {
      String config = Files.readString(directory.resolvedConfig());
      if (!config.contains("\n" + AutoSettings.FITS.name() + ":")) {
        AtomicFile.writeText(directory.resolvedConfig(), config + "# What was made within the time budget\n"
            + AutoSettings.FITS.name() + ":\n" + String.join("", done.stream().map(fit -> "- " + fit + "\n").toList()));
      }
    }
  }

  private TrainingResult finish(Start start, LevelChoice.Measured chosen, List<StackMember> members,
      Map<String, String> facts) throws IOException {
    var classifiers = new ArrayList<Classifier>();
    List<String> columns;
    try {
      for (int i = 0; i < members.size(); i++) {
        if (chosen.level().weights()[i] != 0) {
          classifiers.add(StackDescription.open(StackFamily.member(directory, members.get(i)), context.compute()));
        }
      }
      columns = StackMembers.columns(settings.get(DataSettings.TEXT), members, classifiers);
    } finally {
      classifiers.forEach(Classifier::close);
    }
    return new StackFinish(settings, context).write(StackDescription.of(columns, members, chosen.level()), chosen,
        start.target(), start.rows(), facts);
  }
}
