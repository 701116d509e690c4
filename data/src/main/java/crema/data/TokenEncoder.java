package crema.data;

import java.util.List;

/** Turns a text into token ids; normally a method of a tokenizer. Must give the same ids for the same text. */
@FunctionalInterface
public interface TokenEncoder {
  /** The ids of the tokens of a text. */
  int[] encode(String text);

  /** The ids of each example that is made of a text: one, unless long texts are cut into several. */
  default List<int[]> examples(String text) {
    return List.of(encode(text));
  }
}
