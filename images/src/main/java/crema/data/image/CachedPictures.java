package crema.data.image;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the index of a cache knows: which picture stands in which place, and what it was. A place holds one prepared
 * picture; places are numbered from 0 in the order in which they were filled.
 */
final class CachedPictures {
  private static final int RECORD = 2 * DigestTable.KEY + 2 * Integer.BYTES + 2 * Short.BYTES + Byte.BYTES;
  private static final int CAPACITY = 1024;

  private final DigestTable byLocation = new DigestTable();
  private final DigestTable byContent = new DigestTable();
  private int[] checksums = new int[CAPACITY];
  private int[] sizes = new int[CAPACITY];
  private byte[] formats = new byte[CAPACITY];
  private int count;

  /**
   * A line of the index.
   *
   * @param location digest of where the picture is, and of the time when its file was changed
   * @param content digest of its bytes
   * @param place where it is prepared
   * @param checksum of the prepared bytes
   */
  record Entry(byte[] location, byte[] content, int place, int checksum, PictureFormat format, int width, int height) {
    byte[] toBytes() {
      return ByteBuffer.allocate(RECORD).put(location, 0, DigestTable.KEY).put(content, 0, DigestTable.KEY)
          .putInt(place).putInt(checksum).putShort((short) width).putShort((short) height).put((byte) format.ordinal())
          .array();
    }

    /** Reads a line; throws {@link IllegalArgumentException} if it is none. */
    static Entry of(byte[] bytes) {
      if (bytes.length != RECORD) {
        throw new IllegalArgumentException("a line of " + bytes.length + " bytes");
      }
      ByteBuffer line = ByteBuffer.wrap(bytes);
      var location = new byte[DigestTable.KEY];
      var content = new byte[DigestTable.KEY];
      line.get(location).get(content);
      int place = line.getInt();
      int checksum = line.getInt();
      int width = Short.toUnsignedInt(line.getShort());
      int height = Short.toUnsignedInt(line.getShort());
      int format = line.get();
      if (place < 0 || format < 0 || format >= PictureFormat.values().length) {
        throw new IllegalArgumentException("place " + place + ", format " + format);
      }
      return new Entry(location, content, place, checksum, PictureFormat.values()[format], width, height);
    }
  }

  /** How many places are filled. */
  int count() {
    return count;
  }

  /** The place of the picture at a location; {@link DigestTable#NONE} if it has none. */
  int placeOfLocation(byte[] location) {
    return byLocation.get(location);
  }

  /** The place of a picture by its bytes. */
  int placeOfContent(byte[] content) {
    return byContent.get(content);
  }

  /** Adds a line: of a new place, which is the next, or of one that there is. */
  void add(Entry entry) {
    int place = entry.place();
    if (place > count) {
      throw new IllegalArgumentException("place " + place + " of " + count);
    }
    if (place == count) {
      if (count == checksums.length) {
        checksums = Arrays.copyOf(checksums, 2 * count);
        sizes = Arrays.copyOf(sizes, 2 * count);
        formats = Arrays.copyOf(formats, 2 * count);
      }
      checksums[place] = entry.checksum();
      sizes[place] = entry.width() << Short.SIZE | entry.height();
      formats[place] = (byte) entry.format().ordinal();
      count++;
      byContent.put(entry.content(), place);
    }
    byLocation.put(entry.location(), place);
  }

  int width(int place) {
    return sizes[place] >>> Short.SIZE;
  }

  int height(int place) {
    return sizes[place] & 0xFFFF;
  }

  PictureFormat format(int place) {
    return PictureFormat.values()[formats[place]];
  }

  int checksum(int place) {
    return checksums[place];
  }

  /** The checksums of all places. */
  int[] checksums() {
    return Arrays.copyOf(checksums, count);
  }
}
