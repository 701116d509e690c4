package crema.tokenizer;

import java.util.Arrays;

/**
 * A growable list of token ids that {@link Tokenizer#encode(CharSequence, TokenBuffer)} appends to.
 *
 * <p>A buffer also keeps the memory that encoding works in, so encoding many texts through one buffer allocates next to
 * nothing once its arrays have grown to the longest text. It belongs to one thread at a time.
 */
public final class TokenBuffer {
  private int[] ids;
  private int size;
  private final Workspace workspace = new Workspace();

  /** Makes an empty buffer. */
  public TokenBuffer() {
    this(64);
  }

  /** Makes an empty buffer with room for {@code capacity} ids. */
  public TokenBuffer(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is " + capacity + "; it must be at least 0");
    }
    ids = new int[capacity];
  }

  /** Returns how many ids the buffer holds. */
  public int size() {
    return size;
  }

  /** Returns the id at {@code index}, which is from 0 to {@code size() - 1}. */
  public int get(int index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("index " + index + " is outside a buffer of " + size + " ids");
    }
    return ids[index];
  }

  /** Appends one id. */
  public void add(int id) {
    ensureRoom(1);
    ids[size++] = id;
  }

  /** Appends the first {@code count} ids of {@code source}. */
  public void addAll(int[] source, int count) {
    ensureRoom(count);
    // A piece has few ids: a plain loop beats the call of arraycopy.
    for (int i = 0; i < count; i++) {
      ids[size + i] = source[i];
    }
    size += count;
  }

  /** Drops the ids from {@code newSize} on, to cut a text that is too long. */
  public void truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IndexOutOfBoundsException("cannot truncate " + size + " ids to " + newSize);
    }
    size = newSize;
  }

  /** Drops the ids {@code [from, to)}. */
  void remove(int from, int to) {
    System.arraycopy(ids, to, ids, from, size - to);
    size -= to - from;
  }

  /** Empties the buffer and keeps its memory. */
  public void clear() {
    size = 0;
  }

  /** Copies the ids {@code [from, size)} to {@code target} at {@code targetStart}. */
  public void copyTo(int from, int[] target, int targetStart) {
    System.arraycopy(ids, from, target, targetStart, size - from);
  }

  /** Returns the ids as a new array. */
  public int[] toArray() {
    return Arrays.copyOf(ids, size);
  }

  Workspace workspace() {
    return workspace;
  }

  private void ensureRoom(int count) {
    if (ids.length - size < count) {
      ids = Arrays.copyOf(ids, Math.max(Math.addExact(size, count), Math.max(16, size + (size >> 1))));
    }
  }
}
