package crema.classify;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * Items that a classifier is asked about together, and what is then known of pictures that could not be read. An answer
 * to an item with such a picture is one to the rest of it; without anything else, there is none.
 */
public final class WatchedItems {
  private final List<Item> items;
  private final AtomicReferenceArray<String> faults;

  /** Watches the pictures of items. */
  public WatchedItems(List<Item> items) {
    faults = new AtomicReferenceArray<>(items.size());
    this.items = IntStream.range(0, items.size()).mapToObj(i -> watched(items.get(i), i)).toList();
  }

  private Item watched(Item item, int number) {
    ItemPicture picture = item.picture();
    // The first of several models that say so has said it.
    return picture == null ? item
        : new Item(item.text(),
            new ItemPicture.Watched(picture, fault -> faults.compareAndSet(number, null, fault)));
  }

  /** The items, to ask a classifier about. */
  public List<Item> items() {
    return items;
  }

  /**
   * Why the picture of an item could not be read, in a line that begins with its place; empty if it could, or there is
   * none, or the model reads no pictures.
   */
  public Optional<String> fault(int item) {
    return Optional.ofNullable(faults.get(item));
  }
}
