package crema.report;

import crema.base.UserError;
import crema.data.ProblemListener;
import crema.data.ProductTitles;
import crema.data.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Texts of a certain length for a model, of words from product titles. The same model gets the same texts. */
public final class TextsOfLength {
  /** Words that are tried at the end of a text whose length does not come out. */
  private static final int TRIES = 200;

  private final ToIntFunction<String> length;
  private final List<String> words = new ArrayList<>();
  private int next;

  /**
   * Texts for a model.
   *
   * @param length of a text, in what the model counts
   */
  public TextsOfLength(ToIntFunction<String> length) {
    this.length = length;
    ProductTitles.rows().forEach(ProblemListener.STRICT, (Row row) -> {
      if (words.size() < 1 << 14) {
        words.addAll(List.of(row.text().strip().split("\\s+")));
      }
    });
  }

  /**
   * Some texts of a length; where words do not come out even, one is shorter by as little as possible.
   *
   * @throws UserError when the model reads no text of that length
   */
  public List<String> of(int wanted, int count) {
    var texts = new ArrayList<String>(count);
    for (int i = 0; i < count; i++) {
      texts.add(one(wanted));
    }
    return texts;
  }

  private String one(int wanted) {
    String text = word();
    if (length.applyAsInt(text) > wanted) {
      for (int tries = 0; length.applyAsInt(text) > wanted; tries++) {
        if (tries == TRIES) {
          throw new UserError("a text of " + wanted + " tokens is shorter than any that the model reads: give larger "
              + "--lengths");
        }
        text = word();
      }
    }
    int reached = length.applyAsInt(text);
    for (int tries = 0; reached < wanted && tries < TRIES; tries++) {
      String longer = text + " " + word();
      int more = length.applyAsInt(longer);
      if (more <= wanted && more > reached) {
        text = longer;
        reached = more;
        tries = -1;
      }
    }
    // A model that cuts texts reads no more of any text.
    String tooLong = (text + " ").repeat(4);
    if (reached < wanted && length.applyAsInt(tooLong) < wanted) {
      throw new UserError(
          "the model reads at most " + length.applyAsInt(tooLong) + " tokens of a text: give --lengths up "
              + "to that, not " + wanted);
    }
    return text;
  }

  private String word() {
    next = (next + 1) % words.size();
    return words.get(next);
  }
}
