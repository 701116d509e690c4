package crema.family.stack;

import crema.base.FileTree;
import crema.base.Fingerprint;
import crema.base.Sha256;
import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Item;
import crema.classify.ModelCopy;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.classify.Run;
import crema.classify.RunContext;
import crema.classify.TrainingResult;
import crema.data.FieldText;
import crema.data.ProblemLog;
import crema.data.Row;
import crema.data.SplitRows;
import crema.data.TextColumn;
import crema.nn.loss.Link;
import crema.run.DataSettings;
import crema.run.Folds;
import crema.run.PictureSettings;
import crema.run.RunRows;
import crema.run.TrainingSettings;
import crema.run.ValidationSettings;
import crema.settings.Settings;
import crema.task.AnswerSettings;
import crema.task.MultiLabelTarget;
import crema.task.ScoredRows;
import crema.task.SingleLabelTarget;
import crema.task.Target;
import crema.task.TaxonomyTarget;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Stacks models that are already trained: asks them for rows that they have not seen, finds a second level, and copies
 * the members into the directory of the stack. What they say is kept, so one that was stopped or killed asks for the rest.
 */
final class StackRun implements Run {
  /** The most scores of a member that are kept, for models of many labels. */
  static final long MOST_SCORES = 1 << 23;

  private static final int FEWEST_MEMBERS = 2;
  private static final int FOLDS = 5;

  private final Settings settings;
  private final RunContext context;
  private final ModelDirectory directory;

  StackRun(Settings settings, RunContext context) {
    this.settings = settings;
    this.context = context;
    directory = context.directory();
  }

  /**
   * What a run begins with, which is all but the test.
   *
   * @param description what the stack is made of
   * @param heldOut what it says of rows that it did not learn from
   * @param target what it predicts, before thresholds are chosen
   * @param facts what to say of it, in order
   */
  private record Start(StackDescription description, ScoredRows heldOut, Target target, SplitRows rows,
      Map<String, String> facts) {}

  @Override
  public TrainingResult run() throws IOException {
    var finish = new StackFinish(settings, context);
    Optional<TrainingResult> rest = finish.rest(() -> RunRows.of(context, settings));
    if (rest.isPresent()) {
      return rest.get();
    }
    List<Path> models = settings.get(StackSettings.MODELS).stream().map(Path::of).toList();
    Start start = directory.begin(new StackFamily(), settings, () -> {
      if (models.size() < FEWEST_MEMBERS) {
        throw new UserError("a stack needs at least two models, not only " + models.getFirst());
      }
      DataSettings.requireFiles(new DataSettings(settings).files());
      FileTree.delete(directory.file(StackFamily.MEMBERS));
      List<StackMember> described = copied(models);
      return start(RunRows.of(context, settings), described);
    });
    return finish.write(start.description(), start.heldOut(), start.heldOut(), start.target(), start.rows(),
        start.facts());
  }

  private Start start(SplitRows rows, List<StackMember> described) throws IOException {
    LevelChoice.Measured chosen;
    var facts = new LinkedHashMap<String, String>();
    StackDescription description;
    Target target;
    try (StackMembers members = open(described)) {
      target = members.space().target();
      Choice choice = choose(rows, members);
      chosen = choice.chosen();
      facts.putAll(choice.facts());
      description =
          StackDescription.of(members.columns(), new DataSettings(settings).joiner(), described, chosen.level(),
              PictureSettings.areGiven(settings));
    }
    for (StackMember member : described) {
      if (!description.members().contains(member)) {
        FileTree.delete(StackFamily.member(directory, member).path());
      }
    }
    return new Start(description, chosen.rows(), target, rows, facts);
  }

  /**
   * Copies models into the directory.
   *
   * @return what they are called: as their folders or archives, with a number where these are alike
   */
  private List<StackMember> copied(List<Path> models) throws IOException {
    List<String> text = settings.get(DataSettings.TEXT);
    List<String> columns = names(text);
    var members = new ArrayList<StackMember>();
    for (Path model : models) {
      String number = String.valueOf(members.size() + 1);
      ModelDirectory own = directory.folder(StackFamily.MEMBERS).folder(number);
      ModelSource.read(model, source -> {
        ModelCopy.of(source, own);
        return own;
      });
      String name = model.toAbsolutePath().normalize().getFileName().toString();
      boolean isTaken = members.stream().anyMatch(member -> member.name().equals(name));
      List<String> ofTraining = own.holdsRun() ? ModelFamily.settingsOf(own).get(DataSettings.TEXT) : text;
      // One that reads pictures alone takes texts as they come.
      List<String> read = ofTraining.isEmpty() ? text : ofTraining;
      members.add(new StackMember(isTaken ? name + "-" + number : name, number, read));
      names(read).stream().filter(column -> !columns.contains(column)).findFirst().ifPresent(column -> {
        throw new UserError(model + " reads the text column '" + column + "', which is none of "
            + String.join(", ", columns) + ": name it in --text");
      });
    }
    return members;
  }

  private static List<String> names(List<String> text) {
    return TextColumn.names(TextColumn.parseAll(text));
  }

  private StackMembers open(List<StackMember> described) throws IOException {
    var classifiers = new ArrayList<Classifier>();
    try {
      for (StackMember member : described) {
        classifiers.add(StackDescription.open(StackFamily.member(directory, member), context.compute()));
      }
      return new StackMembers(new AnswerSpace(target(classifiers.getFirst().target())),
          StackMembers.columns(settings.get(DataSettings.TEXT), described, classifiers),
          new DataSettings(settings).joiner(), described, classifiers,
          context.compute().threads());
    } catch (IOException | RuntimeException e) {
      classifiers.forEach(Classifier::close);
      throw e;
    }
  }

  /** What the stack predicts: the labels of its first member. */
  private Target target(Target first) {
    return switch (first) {
      case SingleLabelTarget single -> new SingleLabelTarget(single.labels());
      case MultiLabelTarget labels -> MultiLabelTarget.of(labels.labels());
      case TaxonomyTarget paths -> paths.answering(Link.SIGMOID, new AnswerSettings(settings).decoding());
    };
  }

  /** A digest of the rows and the models on which depends what these say. */
  private String identity(SplitRows rows, List<StackMember> members, int folds) throws IOException {
    var identity = new Fingerprint("asked").add(rows.train().fingerprint()).add(folds)
        .add(settings.get(TrainingSettings.SEED));
    for (StackMember member : members) {
      ModelDirectory own = StackFamily.member(directory, member);
      for (String file : own.files()) {
        identity.add(file).add(Sha256.ofFile(own.file(file)));
      }
    }
    return identity.hex();
  }

  /** The second level that was chosen, and the table of members. */
  private record Choice(LevelChoice.Measured chosen, Map<String, String> facts) {}

  private Choice choose(SplitRows rows, StackMembers members) throws IOException {
    int folds = settings.find(StackSettings.FOLDS).orElse(FOLDS);
    var problems = new ProblemLog();
    var heldOut = new HeldOut(members.space(), rows.train(), Folds.of(rows.train(), settings, folds), MOST_SCORES,
        problems);
    problems.report().forEach(context.listener()::warning);
    if (heldOut.size() < folds) {
      throw new UserError("only " + heldOut.size() + " rows have labels that the models know, fewer than the "
          + folds + " folds of their comparison");
    }
    int count = members.members().size();
    context.listener().stage("Asking " + count + " models");
    Function<Row, String> text = row -> members.columns().isEmpty() ? row.text() : FieldText.of(row);
    Function<Row, Item> item = row -> Item.of(row, text.apply(row));
    var parts = new ArrayList<List<float[][]>>();
    double latency;
    try (var asked = new AskedMembers(members, directory.checkpoints().resolve("asked.journal"),
        identity(rows, members.members(), folds), context)) {
      for (int fold = 0; fold < folds; fold++) {
        parts.add(heldOut.evidence(fold, members.ballots(), item, asked));
        context.listener().progress(fold + 1, folds);
      }
      latency = asked.milliseconds(heldOut.samples(item)) / count;
    }
    List<float[][]> evidence = IntStream.range(0, count).mapToObj(member -> parts.stream()
        .flatMap(part -> Stream.of(part.get(member))).toArray(float[][]::new)).toList();
    context.listener().stage("Choosing a second level");
    var choice = new LevelChoice(heldOut.scored(evidence, true), new AnswerSettings(settings),
        settings.get(ValidationSettings.METRIC));
    LevelChoice.Measured chosen = settings.find(StackSettings.LEVEL).map(choice::combined).orElseGet(choice::best);
    var facts = new LinkedHashMap<String, String>();
    facts.put("Second level", chosen.describe());
    List<String> samples = heldOut.samples(text);
    for (int i = 0; i < count; i++) {
      int number = i;
      StackMember member = members.members().get(i);
      LevelChoice.Measured alone = choice.alone().get(i);
      var own = new MemberFacts(alone.score(), alone.deviation(), 0, latency,
          MemberFacts.operations(members.classifiers().get(i),
              samples.stream().map(sample -> members.read(number, sample)).toList()),
          MemberFacts.bytes(StackFamily.member(directory, member)));
      facts.put("Member " + member.name(), own.describe(chosen.level().weights()[i]));
    }
    return new Choice(chosen, facts);
  }
}
