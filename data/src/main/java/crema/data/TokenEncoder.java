package crema.data;

/** Turns a text into token ids; normally a method of a tokenizer. Must give the same ids for the same text. */
@FunctionalInterface
public interface TokenEncoder {
  /** The ids of the tokens of a text. */
  int[] encode(String text);
}
