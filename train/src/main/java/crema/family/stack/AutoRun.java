package crema.family.stack;

import crema.base.AtomicFile;
import crema.classify.Classifier;
import crema.classify.ModelDirectory;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingListener;
import crema.classify.TrainingResult;
import crema.data.ProblemLog;
import crema.data.Split;
import crema.data.SplitRows;
import crema.family.linear.FrozenSettings;
import crema.family.stack.AutoPlan.Member;
import crema.family.stack.AutoSearch.Trained;
import crema.family.stack.AutoSettings.Preference;
import crema.nn.loss.Link;
import crema.run.DataSettings;
import crema.run.Folds;
import crema.run.PictureSettings;
import crema.run.ProgressOnly;
import crema.run.RunRows;
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
import java.util.Locale;
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
  /** With so many rows, three folds compare well enough; with so many characters, five take too long. */
  private static final int MANY_ROWS = 20_000;
  private static final long MANY_CHARACTERS = 5_000_000;
  private static final int FEWER_FOLDS = 3;
  private static final int FEWEST_FOLDS = 2;
  /** The weights, their gradients, and two moments of the optimizer. */
  private static final int COPIES_OF_TRAINING = 4;

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;
  private final TrainingListener listener;
  private final AnswerSettings answers;
  private final MemberTraining training;
  private final long began = System.nanoTime();

  AutoRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
    listener = context.listener();
    answers = new AnswerSettings(settings);
    training = new MemberTraining(settings, context);
  }

  /** What a run begins with. */
  private record Start(SplitRows rows, Target target, HeldOut heldOut, List<Member> plan) {}

  @Override
  public TrainingResult run() throws IOException {
    try (var _ = MemoryBudget.of(settings).watchHeap()) {
      return searched();
    }
  }

  private TrainingResult searched() throws IOException {
    var finish = new StackFinish(settings, context);
    Optional<TrainingResult> rest = finish.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    Start start = directory.begin(new AutoFamily(), settings, this::start);
    var search = new AutoSearch(settings, context, start.heldOut(), start.plan(), began);
    if (!search.run()) {
      return interrupted();
    }
    listener.stage("Choosing a second level");
    Choice choice = choose(start, search.whole());
    double[] weights = choice.chosen().level().weights();
    var members = new ArrayList<StackMember>();
    List<String> text = settings.get(DataSettings.TEXT);
    for (Trained each : search.whole()) {
      members.add(new StackMember(each.member().name(), each.member().name(), text));
    }
    var seconds = new LinkedHashMap<String, Double>();
    for (int i = 0; i < members.size(); i++) {
      if (weights[i] != 0) {
        long beganTraining = System.nanoTime();
        if (!trainedOnAll(search.whole().get(i).member(), start.rows())) {
          return interrupted();
        }
        seconds.put(members.get(i).name(), AutoSearch.secondsSince(beganTraining));
      }
    }
    var facts = new LinkedHashMap<String, String>();
    facts.put("Second level", choice.chosen().describe());
    for (int i = 0; i < members.size(); i++) {
      Trained each = search.whole().get(i);
      String name = members.get(i).name();
      var row = new MemberFacts(choice.alone().get(i).score(), choice.alone().get(i).deviation(),
          each.seconds() + seconds.getOrDefault(name, 0.0), each.mean(Fit::latency), each.mean(Fit::operations),
          (long) each.mean(Fit::bytes));
      facts.put("Member " + name, row.describe(weights[i]));
    }
    facts.putAll(search.notes());
    facts.put("Fits", search.done().size() + ": " + String.join(", ", search.done()));
    keepFits(search.done());
    StackDescription description =
        StackDescription.of(columns(choice.chosen(), members), new DataSettings(settings).joiner(), members,
            choice.chosen().level(), PictureSettings.areGiven(settings));
    return finish.write(description, choice.chosen().rows(), choice.chosen().taught(),
        start.target(), start.rows(), facts);
  }

  private TrainingResult interrupted() {
    return new TrainingResult(0, 0, null);
  }

  private Start start() throws IOException {
    DataSettings.requireFiles(new DataSettings(settings).files());
    SplitRows rows = RunRows.of(context, settings);
    Target target = Target.of(new LabelSettings(settings), rows.labels(), Link.SIGMOID, answers);
    var plan = new AutoPlan(settings, rows.train(), target.labels().size());
    List<Member> members = withRoom(plan.members(listener));
    int folds = folds(plan, rows.labels().size());
    requireOneMember(members, folds);
    Split split = Folds.of(rows.train(), settings, folds);
    var heldOut = new HeldOut(new AnswerSpace(target), rows.train(), split, StackRun.MOST_SCORES, new ProblemLog());
    listener.model(String.format(Locale.ROOT, "%s, %,d folds of %,d rows; time budget %s",
        String.join(", ", members.stream().map(Member::name).toList()), folds, plan.rows(),
        settings.get(AutoSettings.FITS).isEmpty() ? settings.get(AutoSettings.TIME_BUDGET) : "not used"));
    return new Start(rows, target, heldOut, members);
  }

  /** Members whose pretrained encoder has room in memory: while it learns on, with gradients and the optimizer's state. */
  private List<Member> withRoom(List<Member> members) throws IOException {
    var fitting = new ArrayList<Member>();
    for (Member member : members) {
      int copies = switch (member.kind()) {
        case FROZEN -> 1;
        case FINETUNED -> COPIES_OF_TRAINING;
        case WORDS, BAYES, CHARACTERS, SEQUENCES, UNION, COLUMNS, FASTTEXT, ENCODER, IMAGE, FUSION -> 0;
      };
      double bytes = 0;
      for (String encoder : copies == 0 ? List.<String>of() : settings.get(FrozenSettings.ENCODER)) {
        bytes = Math.max(bytes, (double) EncoderSize.of(context.locate(encoder)) * copies);
      }
      if (bytes <= MemoryBudget.of(settings).room()) {
        fitting.add(member);
      } else {
        listener.warning(String.format(Locale.ROOT,
            "%s is left out: its encoder needs about %.1f GiB; give more --memory-budget", member.name(),
            bytes / MemoryBudget.GIB));
      }
    }
    if (fitting.isEmpty()) {
      throw settings.error(AutoSettings.MEMORY_BUDGET, " is too small for any of the models: give more");
    }
    return fitting;
  }

  /** How many folds: fewer where there is much to read, or where a fold would have fewer rows than there are labels. */
  private int folds(AutoPlan plan, int labels) {
    long rows = plan.rows();
    boolean isMuch = rows >= MANY_ROWS || plan.characters() >= MANY_CHARACTERS;
    Optional<Integer> given = settings.find(StackSettings.FOLDS);
    int folds = given.orElseGet(() -> (int) Math.clamp(rows / Math.max(1, labels), FEWEST_FOLDS,
        isMuch ? FEWER_FOLDS : FOLDS));
    if (rows / folds < labels) {
      String few =
          String.format(Locale.ROOT,
              " %,d folds of %,d rows have fewer rows than there are labels (%,d): ", folds, rows, labels);
      if (given.isPresent()) {
        throw settings.error(StackSettings.FOLDS,
            few + "give " + (folds > FEWEST_FOLDS ? "fewer folds" : "more rows, or one family with --model"));
      }
      listener.warning(
          few.stripLeading() + "models are compared roughly, and many labels are not known in a fold; more rows a "
              + "label help");
    }
    return folds;
  }

  private void requireOneMember(List<Member> members, int folds) {
    int fits = AutoSettings.fitCount(settings).orElse(Integer.MAX_VALUE);
    List<String> names = AutoSettings.fitNames(settings);
    boolean isWhole = names.isEmpty() ? fits >= folds
        : members.stream().anyMatch(member -> IntStream.rangeClosed(1, folds)
            .allMatch(fold -> names.contains(AutoSearch.name(member, fold))));
    if (!isWhole) {
      throw settings.error(AutoSettings.FITS, String.format(Locale.ROOT,
          " are fewer than the %d folds of one member: give at least %d, %s to %s", folds, folds,
          AutoSearch.name(members.getFirst(), 1),
          AutoSearch.name(members.getFirst(), folds)));
    }
  }

  /** Trains a member on all training rows, unless that was done before; false if the run was asked to stop. */
  private boolean trainedOnAll(Member member, SplitRows rows) throws IOException {
    ModelDirectory own = directory.folder(StackFamily.MEMBERS).folder(member.name());
    if (!own.isFinished()) {
      Files.createDirectories(own.path());
      listener.stage(member.name() + " on all rows");
      if (!training.run(member, rows.train(), own, new ProgressOnly(listener))) {
        return false;
      }
    }
    // Its test was on a few training rows: the stack's report is what counts.
    for (Path file : List.of(own.report(), own.metrics(), own.testOutcomes(), own.log(), own.thresholdLog())) {
      Files.deleteIfExists(file);
    }
    return true;
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
    return new Choice(
        all.stream().filter(level -> level.score() >= best - prefer.tolerance()).min(order).orElseThrow(), alone);
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

  /** The text columns of a stack of those members that count. */
  private List<String> columns(LevelChoice.Measured chosen, List<StackMember> members) throws IOException {
    var classifiers = new ArrayList<Classifier>();
    try {
      for (int i = 0; i < members.size(); i++) {
        if (chosen.level().weights()[i] != 0) {
          classifiers.add(StackDescription.open(StackFamily.member(directory, members.get(i)), context.compute()));
        }
      }
      return StackMembers.columns(settings.get(DataSettings.TEXT), members, classifiers);
    } finally {
      classifiers.forEach(Classifier::close);
    }
  }
}
