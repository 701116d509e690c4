package crema.cli;

import crema.base.json.JsonNode;
import crema.classify.Item;
import crema.classify.ItemPicture;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One text to answer: an argument, a line or a row of a file.
 *
 * @param text blank where there is none, or where the row cannot be read
 * @param picture where its picture is; null where there is none
 * @param kept the values that stay with the answer, by column
 * @param place where it is
 * @param problem where the row is that cannot be read, and why; null where it can
 */
record InputText(String text, @Nullable String picture, Map<String, JsonNode> kept, Place place,
    @Nullable String problem) {
  /**
   * Where a text is.
   *
   * @param file its file, or what it is in or is itself
   * @param line of the file, from 1; 0 where there are no lines
   */
  record Place(String file, long line) {}

  /** A text that nothing is known of besides. */
  static InputText of(String text, Place place) {
    return new InputText(text, null, Map.of(), place, null);
  }

  /** The texts alone. */
  static List<String> texts(List<InputText> batch) {
    return batch.stream().map(InputText::text).toList();
  }

  /** A picture that nothing is known of besides. */
  static InputText ofPicture(String location, Place place) {
    return new InputText("", location, Map.of(), place, null);
  }

  /** What a classifier is asked about. */
  static List<Item> items(List<InputText> batch) {
    return batch.stream().map(InputText::item).toList();
  }

  /** Whether there is neither a text nor a picture. */
  boolean isBlank() {
    return text.isBlank() && picture == null;
  }

  /** The text for people; if there is none, where the picture is. */
  String shown() {
    return text.isBlank() && picture != null ? picture : text;
  }

  private Item item() {
    return new Item(text, picture == null ? null : new ItemPicture.Located(picture));
  }

  /** The same with another text. */
  InputText withText(String other) {
    return new InputText(other, picture, kept, place, problem);
  }

  /** The same with a picture. */
  InputText withPicture(String location) {
    return new InputText(text, location, kept, place, problem);
  }

  /** The same, but that it has no answer, for a reason that begins with its place. */
  InputText withProblem(String reason) {
    return new InputText(text, picture, kept, place, reason);
  }
}
