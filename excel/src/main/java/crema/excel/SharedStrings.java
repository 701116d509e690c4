package crema.excel;

import crema.data.DataException;
import crema.data.ZipArchive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The texts of a workbook that its cells name by number. They are kept in a temporary file, as there may be more of them
 * than memory holds; a window of it that was read last serves cells whose texts follow one another.
 */
final class SharedStrings implements AutoCloseable {
  private static final int WINDOW = 1 << 16;

  private final FileChannel texts;
  /** Where each text ends. */
  private long[] ends = new long[1 << 10];
  private int count;
  private byte[] window = new byte[0];
  private long windowStart;

  private SharedStrings(FileChannel texts) {
    this.texts = texts;
  }

  /** No texts. */
  static SharedStrings none() throws IOException {
    return new SharedStrings(FileChannel.open(Files.createTempFile("crema-", ".strings"), StandardOpenOption.READ,
        StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
  }

  /**
   * The texts of a part.
   *
   * @param workbook what the archive is called in messages
   */
  static SharedStrings read(ZipArchive archive, String workbook, String part) throws IOException {
    SharedStrings strings = none();
    try (var xml = new XmlPart(archive, workbook, part)) {
      // The channel stays open.
      var out = new BufferedOutputStream(Channels.newOutputStream(strings.texts), WINDOW);
      long end = 0;
      while (xml.next()) {
        if (xml.begins("si")) {
          String text = xml.richText("si");
          if (text == null) {
            throw new DataException(workbook + " has a text of more than " + XmlPart.LONGEST_TEXT + " characters");
          }
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          out.write(bytes);
          end += bytes.length;
          strings.add(end);
        }
      }
      out.flush();
    } catch (IOException | RuntimeException e) {
      strings.close();
      throw e;
    }
    return strings;
  }

  private void add(long end) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = end;
  }

  /** How many there are. */
  int count() {
    return count;
  }

  /** The text with a number, from 0. */
  String get(int index) {
    long start = index == 0 ? 0 : ends[index - 1];
    int length = (int) (ends[index] - start);
    if (start < windowStart || start + length > windowStart + window.length) {
      fill(start, length);
    }
    return new String(window, (int) (start - windowStart), length, StandardCharsets.UTF_8);
  }

  private void fill(long start, int length) {
    try {
      var bytes = ByteBuffer.allocate((int) Math.min(Math.max(WINDOW, length), texts.size() - start));
      while (bytes.hasRemaining() && texts.read(bytes, start + bytes.position()) >= 0) {
        // Reads on.
      }
      window = bytes.array();
      windowStart = start;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      texts.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
