package crema.ptx.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The modifiers that an opcode takes, in order, written as {@code "[.rn|.rz] [.ftz] .f32"}: groups of alternatives,
 * those in brackets optional.
 */
final class Form {
  private final String text;
  private final List<Group> groups = new ArrayList<>();

  private record Group(boolean optional, Set<String> alternatives) {}

  /**
   * How far modifiers match a form.
   *
   * @param whole whether all do
   * @param matched how many do
   * @param wanted what could have come after those
   */
  record Match(boolean whole, int matched, Set<String> wanted) {}

  Form(String text) {
    this.text = text;
    for (String part : text.isEmpty() ? new String[0] : text.split(" ")) {
      boolean optional = part.startsWith("[");
      String inner = optional ? part.substring(1, part.length() - 1) : part;
      groups.add(new Group(optional, new TreeSet<>(Arrays.asList(inner.split("\\|")))));
    }
  }

  Match match(List<String> modifiers) {
    int at = 0;
    var wanted = new TreeSet<String>();
    for (Group group : groups) {
      if (at < modifiers.size() && group.alternatives.contains(modifiers.get(at))) {
        at++;
        wanted.clear();
      } else {
        wanted.addAll(group.alternatives);
        if (!group.optional) {
          return new Match(false, at, wanted);
        }
      }
    }
    return new Match(at == modifiers.size(), at, wanted);
  }

  /** How many combinations of modifiers there are. */
  long combinations() {
    long n = 1;
    for (Group group : groups) {
      n *= group.alternatives.size() + (group.optional ? 1 : 0);
    }
    return n;
  }

  @Override
  public String toString() {
    return text;
  }
}
