package crema.family.stack;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Item;
import crema.data.FieldText;
import crema.data.TextColumn;
import crema.data.TextJoiner;
import crema.family.stack.AnswerSpace.Ballot;
import crema.run.Panel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The classifiers of a stack, and how each reads a text and votes. */
final class StackMembers implements AutoCloseable {
  private final AnswerSpace space;
  private final List<String> columns;
  private final TextJoiner joiner;
  private final List<StackMember> members;
  /** The text columns of each member; none where all members read a text as it is. */
  private final List<List<TextColumn>> read;
  private final List<Ballot> ballots = new ArrayList<>();
  private final Panel panel;

  /**
   * Members.
   *
   * @param columns that the stack tells apart; none where all members read a text as it is
   * @param joiner what stands between columns that a member reads as one text
   * @param members what they are
   * @param classifiers of the members; closed with this
   * @throws UserError when a member predicts something else, or does not know all labels
   */
  StackMembers(AnswerSpace space, List<String> columns, TextJoiner joiner, List<StackMember> members,
      List<? extends Classifier> classifiers, int threads) {
    this.space = space;
    this.columns = List.copyOf(columns);
    this.joiner = joiner;
    this.members = List.copyOf(members);
    read = columns.isEmpty() ? List.of()
        : members.stream().map(member -> TextColumn.parseAll(member.text())).toList();
    for (int i = 0; i < members.size(); i++) {
      ballots.add(ballot(space, members.get(i).name(), classifiers.get(i)));
    }
    panel = new Panel(classifiers, threads);
  }

  private static Ballot ballot(AnswerSpace space, String name, Classifier classifier) {
    List<String> known = classifier.labels();
    List<String> wanted = space.target().labels().names();
    String other = wanted.stream().filter(label -> !known.contains(label)).findFirst()
        .or(() -> known.stream().filter(label -> !wanted.contains(label)).findFirst()).orElse(null);
    if (other != null) {
      throw new UserError("the members of a stack must know the same labels, but '" + other + "' is "
          + (known.contains(other) ? "a label of " + name + " alone" : "none of " + name));
    }
    try {
      return space.ballot(classifier.target());
    } catch (UserError e) {
      throw new UserError(name + " cannot be a member: " + e.getMessage(), e);
    }
  }

  /**
   * The columns that a stack must tell apart.
   *
   * @param text the text columns of the stack
   * @return none where all members read the text that these make
   */
  static List<String> columns(List<String> text, List<StackMember> members, List<? extends Classifier> classifiers) {
    boolean isOneText = classifiers.stream().allMatch(classifier -> classifier.columns().isEmpty())
        && members.stream().allMatch(member -> member.text().equals(text));
    return isOneText ? List.of() : TextColumn.names(TextColumn.parseAll(text));
  }

  AnswerSpace space() {
    return space;
  }

  List<String> columns() {
    return columns;
  }

  List<StackMember> members() {
    return members;
  }

  /** The classifiers, in the order of the members. */
  List<Classifier> classifiers() {
    return panel.classifiers();
  }

  /**
   * The text that a member reads.
   *
   * @param member its number
   * @param text a text of the stack: where there are columns, all of them, as {@link FieldText} has them
   */
  String read(int member, String text) {
    if (columns.isEmpty()) {
      return text;
    }
    List<String> fields = FieldText.fields(text);
    List<String> own = read.get(member).stream().map(column -> columns.indexOf(column.name()))
        .map(index -> index < fields.size() ? fields.get(index) : "").toList();
    return classifiers().get(member).columns().isEmpty() ? TextColumn.compose(read.get(member), own, joiner)
        : FieldText.of(own);
  }

  /** What the members say of items: {@code [members][items][labels]}, of length 0 where an item is empty to a member. */
  float[][][] logits(List<Item> items) {
    if (columns.isEmpty()) {
      return panel.ask(Collections.nCopies(members.size(), items), (member, some) -> member.logits(some));
    }
    return panel.ask(IntStream.range(0, members.size()).mapToObj(member -> read(member, items)).toList(),
        (member, some) -> member.logits(some));
  }

  /** Items as a member reads them. */
  List<Item> read(int member, Collection<Item> items) {
    return items.stream().map(item -> {
      String text = read(member, item.text());
      return item.withText(text.isBlank() ? "" : text);
    }).toList();
  }

  /** How the logits of each member speak for and against answers. */
  List<Ballot> ballots() {
    return ballots;
  }

  @Override
  public void close() {
    panel.close();
  }
}
