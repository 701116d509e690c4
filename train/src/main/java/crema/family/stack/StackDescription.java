package crema.family.stack;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.ComputeOptions;
import crema.classify.ModelConfig;
import crema.classify.ModelDirectory;
import crema.classify.ModelFamily;
import crema.classify.ModelSource;
import crema.data.TextJoiner;
import crema.task.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code config.json} says of a stack. The members are model directories of their own, {@code members/1} and so on.
 *
 * @param columns that the stack tells apart; none where all members read a text as it is
 * @param joiner what stands between columns that a member reads as one text
 * @param members in their order
 * @param level how what they say becomes probabilities
 * @param pictures whether items may come with pictures, though it may be that no member reads them
 */
record StackDescription(List<String> columns, TextJoiner joiner, List<StackMember> members, SecondLevel level,
    boolean pictures) {
  private static final String COLUMNS = "columns";
  private static final String JOINER = "joiner";
  private static final String MEMBERS = "members";
  private static final String NAME = "name";
  private static final String FOLDER = "folder";
  private static final String TEXT = "text";
  private static final String LEVEL = "level";
  private static final String PICTURES = "pictures";

  StackDescription {
    columns = List.copyOf(columns);
    members = List.copyOf(members);
  }

  /**
   * A stack of the members that have a weight.
   *
   * @param pictures whether the rows of the run came with pictures
   */
  static StackDescription of(List<String> columns, TextJoiner joiner, List<StackMember> members,
      SecondLevel level, boolean pictures) {
    return new StackDescription(columns, joiner, IntStream.range(0, members.size())
        .filter(i -> level.weights()[i] != 0).mapToObj(members::get).toList(), level.withoutIdle(), pictures);
  }

  void write(ModelDirectory directory) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put(COLUMNS, columns);
    json.put(JOINER, joiner.joiner());
    json.put(MEMBERS, members.stream().map(member -> {
      var own = new LinkedHashMap<String, Object>();
      own.put(NAME, member.name());
      own.put(FOLDER, member.folder());
      own.put(TEXT, member.text());
      return own;
    }).toList());
    json.put(LEVEL, level.json());
    if (pictures) {
      json.put(PICTURES, true);
    }
    ModelConfig.of(new StackFamily(), json).write(directory);
  }

  /**
   * Reads the description of a model.
   *
   * @throws UserError when it is missing or damaged
   */
  static StackDescription read(ModelSource model) throws IOException {
    Map<?, ?> json = ModelConfig.read(model).values();
    if (!(json.get(MEMBERS) instanceof List<?> list) || list.isEmpty()
        || !(json.get(LEVEL) instanceof Map<?, ?> level)) {
      throw new UserError(model.name() + ": config.json must have " + MEMBERS + " and " + LEVEL);
    }
    List<String> columns = texts(json.get(COLUMNS));
    var members = new ArrayList<StackMember>();
    for (Object each : list) {
      if (!(each instanceof Map<?, ?> member) || !(member.get(NAME) instanceof String name)
          || !(member.get(FOLDER) instanceof String folder) || !folder.matches("[a-z0-9-]+")) {
        throw new UserError(model.name() + ": config.json: a member has no " + NAME + " or no " + FOLDER);
      }
      members.add(new StackMember(name, folder, texts(member.get(TEXT))));
    }
    try {
      TextJoiner joiner = json.get(JOINER) instanceof String text ? new TextJoiner(text) : TextJoiner.SPACE;
      return new StackDescription(columns, joiner, members, SecondLevel.of(level, members.size()),
          Boolean.TRUE.equals(json.get(PICTURES)));
    } catch (UserError e) {
      throw new UserError(model.name() + ": config.json: " + e.getMessage(), e);
    }
  }

  private static List<String> texts(@Nullable Object json) {
    return json instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }

  /** Loads a model. */
  static StackClassifier load(ModelSource model, ComputeOptions options) throws IOException {
    return load(read(model), model.readTarget(), model, options);
  }

  /** Loads a model that is described so. */
  static StackClassifier load(StackDescription description, Target target, ModelSource model, ComputeOptions options)
      throws IOException {
    List<Classifier> classifiers = new ArrayList<>();
    try {
      for (StackMember member : description.members()) {
        classifiers.add(open(StackFamily.member(model, member), options));
      }
      return new StackClassifier(target, new StackMembers(new AnswerSpace(target), description.columns(),
          description.joiner(), description.members(), classifiers, options.threads()), description.level(),
          description.pictures());
    } catch (IOException | RuntimeException e) {
      classifiers.forEach(Classifier::close);
      throw e;
    }
  }

  /** Opens a member; the threads ask many members at once, rather than one member with all of them. */
  static Classifier open(ModelSource member, ComputeOptions options) throws IOException {
    ModelFamily family = ModelFamily.of(member);
    if (family instanceof StackFamily) {
      throw new UserError(member.name() + " is a stack, which cannot be a member of another: give its members");
    }
    if (!family.isPredictor()) {
      throw new UserError(member.name() + " has several tasks and does not predict by itself: give one of its tasks");
    }
    return family.open(member, (family.hasTensors() ? options : ComputeOptions.DEFAULT).withThreads(1));
  }
}
