package crema.ptx.syntax;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names between two braces. An inner scope hides names of an outer one; inline assembly declares registers and labels
 * of its own.
 */
final class Scope {
  private final @Nullable Scope outer;
  private final Map<String, Operand> names = new HashMap<>();

  Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  @Nullable
  Scope outer() {
    return outer;
  }

  /** Adds a name; false if the scope has it already. */
  boolean declare(String name, Operand what) {
    return names.putIfAbsent(name, what) == null;
  }

  @Nullable
  Operand find(String name) {
    for (Scope s = this; s != null; s = s.outer) {
      Operand found = s.names.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
