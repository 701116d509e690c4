package crema.family.stack;

import crema.base.UserError;
import crema.classify.Classifier;
import crema.classify.Item;
import crema.report.TellingWord;
import crema.task.Target;
import java.util.List;
import java.util.SequencedCollection;

/** A {@link Classifier} that asks its members, and makes probabilities of what they say by a second level. */
final class StackClassifier implements Classifier {
  private final Target target;
  private final StackMembers members;
  private final SecondLevel level;
  private final boolean takesPictures;

  /**
   * A classifier.
   *
   * @param target the labels of the members, and how answers are found
   * @param members are closed with it
   * @param level has a weight for each
   * @param takesPictures whether items may come with pictures that no member reads
   */
  StackClassifier(Target target, StackMembers members, SecondLevel level, boolean takesPictures) {
    this.takesPictures = takesPictures;
    this.target = target;
    this.members = members;
    this.level = level;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<String> columns() {
    return members.columns();
  }

  @Override
  public boolean readsPictures() {
    return takesPictures || members.classifiers().stream().anyMatch(Classifier::readsPictures);
  }

  @Override
  public boolean readsText() {
    return members.classifiers().stream().anyMatch(Classifier::readsText);
  }

  @Override
  public float[][] logits(List<String> texts) {
    return logits(Item.ofTexts(texts));
  }

  @Override
  public float[][] logits(SequencedCollection<Item> items) {
    float[][][] said = members.logits(List.copyOf(items));
    var logits = new float[items.size()][];
    for (int item = 0; item < logits.length; item++) {
      var evidence = new float[said.length][];
      boolean isEmpty = true;
      for (int member = 0; member < said.length; member++) {
        isEmpty &= said[member][item].length == 0;
        evidence[member] = members.ballots().get(member).evidence(said[member][item]);
      }
      logits[item] = isEmpty ? new float[0] : members.space().logits(level.probabilities(members.space(), evidence));
    }
    return logits;
  }

  @Override
  public float[][] embed(List<String> texts) {
    return embed(Item.ofTexts(texts));
  }

  /** The vectors of the first member that has any. */
  @Override
  public float[][] embed(SequencedCollection<Item> items) {
    UserError none = new UserError("this stack has no members");
    for (int i = 0; i < members.members().size(); i++) {
      int member = i;
      try {
        return members.classifiers().get(member).embed(members.read(member, items));
      } catch (UserError e) {
        none = e;
      }
    }
    throw none;
  }

  /** {@inheritDoc} Those of the first member that weighs words by themselves. */
  @Override
  public List<List<TellingWord>> tellingWords(int most) {
    List<String> labels = target.labels().names();
    for (Classifier member : members.classifiers()) {
      List<List<TellingWord>> words = member.tellingWords(most);
      if (!words.isEmpty()) {
        return labels.stream().map(label -> words.get(member.target().labels().indexOf(label))).toList();
      }
    }
    return List.of();
  }

  @Override
  public double operations(String text) {
    double sum = 0;
    for (int i = 0; i < members.members().size(); i++) {
      sum += members.classifiers().get(i).operations(members.read(i, text));
    }
    return sum;
  }

  @Override
  public void close() {
    members.close();
  }
}
