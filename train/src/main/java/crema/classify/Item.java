package crema.classify;

import crema.data.Row;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a classifier is asked about: a text, a picture, or both.
 *
 * @param text blank where there is none
 * @param picture null where there is none
 */
public record Item(String text, @Nullable ItemPicture picture) {
  /** Refuses a text that is null. */
  public Item {
    Objects.requireNonNull(text, "a text is null: a blank one has no label");
  }

  /**
   * A row.
   *
   * @param text as the model reads it
   */
  public static Item of(Row row, String text) {
    String location = row.meta().picture();
    return new Item(text, location == null ? null : new ItemPicture.Located(location));
  }

  /** A text alone. */
  public static Item of(String text) {
    return new Item(text, null);
  }

  /** A text with a picture in a file. */
  public static Item of(String text, Path picture) {
    return new Item(text, ItemPicture.of(picture));
  }

  /**
   * A text with a picture.
   *
   * @param picture the bytes of a file, such as a JPEG; they are not copied and must stay as they are
   */
  public static Item of(String text, byte[] picture) {
    return new Item(text, new ItemPicture.Content(picture));
  }

  /** A picture alone, in a file. */
  public static Item picture(Path file) {
    return of("", file);
  }

  /**
   * A picture alone.
   *
   * @param content the bytes of a file, such as a JPEG; they are not copied and must stay as they are
   */
  public static Item picture(byte[] content) {
    return of("", content);
  }

  /** Texts alone, one an item. */
  public static List<Item> ofTexts(Collection<String> texts) {
    return texts.stream().map(Item::of).toList();
  }

  /** The texts of items, in their order. */
  public static List<String> texts(Collection<Item> items) {
    return items.stream().map(Item::text).toList();
  }

  /** The same picture with another text. */
  public Item withText(String other) {
    return new Item(other, picture);
  }

  /** Whether there is neither a text nor a picture. */
  public boolean isBlank() {
    return text.isBlank() && picture == null;
  }
}
