package crema.family.stack;

import crema.classify.Classifier;
import crema.data.FieldText;
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

  /**
   * The text that a member reads.
   *
   * @param columns the columns of the stack; none where all members read a text as it is
   * @param text a text of the stack: all of these columns, as {@link FieldText} has them
   */
  String read(Classifier classifier, List<String> columns, String text) {
    if (columns.isEmpty()) {
      return text;
    }
    List<String> fields = FieldText.fields(text);
    List<TextColumn> own = TextColumn.parseAll(this.text);
    List<String> read = own.stream().map(column -> columns.indexOf(column.name()))
        .map(index -> index < fields.size() ? fields.get(index) : "").toList();
    return classifier.columns().isEmpty() ? TextColumn.compose(own, read) : FieldText.of(read);
  }
}
