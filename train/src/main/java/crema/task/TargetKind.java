package crema.task;

import crema.base.Keyed;
import crema.nn.loss.Targets;
import java.util.List;

/** What there is to predict of a text. */
public enum TargetKind implements Keyed {
  /** One of several labels. */
  SINGLE,
  /** Any number of labels. */
  MULTI,
  /** A path in a taxonomy, such as {@code Food > Fruit > Apples}. */
  TAXONOMY;

  /** The forms of targets that losses may take, the most natural one first. */
  public List<Targets.Form> forms() {
    return switch (this) {
      case SINGLE -> List.of(Targets.Form.INDICES);
      case MULTI -> List.of(Targets.Form.MULTI_HOT);
      case TAXONOMY -> List.of(Targets.Form.NODES, Targets.Form.MULTI_HOT);
    };
  }
}
