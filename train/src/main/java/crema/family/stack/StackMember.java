package crema.family.stack;

import crema.data.TextColumn;
import java.util.List;

/**
 * A member of a stack.
 *
 * @param name for people
 * @param folder in {@code members}
 * @param text the text columns that it was trained on, as {@link TextColumn#parse} reads them
 */
record StackMember(String name, String folder, List<String> text) {
  StackMember {
    text = List.copyOf(text);
  }
}
