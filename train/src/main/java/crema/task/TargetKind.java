package crema.task;

import crema.base.UserError;
import crema.nn.loss.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What there is to predict of a text. */
public enum TargetKind {
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

  /** The name in flags and files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The kind of a name.
   *
   * @throws UserError if there is none; the message names all that there are
   */
  public static TargetKind ofKey(String key) {
    return Arrays.stream(values()).filter(kind -> kind.key().equals(key)).findFirst()
        .orElseThrow(() -> new UserError("target must be one of "
            + Arrays.stream(values()).map(TargetKind::key).collect(Collectors.joining(", ")) + ", not '" + key + "'"));
  }
}
