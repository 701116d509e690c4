package crema.langid;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads what {@link LanguageModelFormat} describes. Nothing in a file is believed: lengths are checked against what is
 * left of it before memory is taken for them, and whatever is an index later is checked here.
 */
final class LanguageModelInput {
  /** The most bytes that zlib can make of one: 258 of two bits, and a little less (RFC 1951). */
  private static final int GREATEST_COMPRESSION = 1032;

  /** A code of one byte, its length, and three floats. */
  private static final int LEAST_LANGUAGE_BYTES = 14;

  private static final int LONGEST_NUMBER_BITS = 35;

  private final byte[] body;
  private final String name;
  private int position;

  private LanguageModelInput(byte[] body, String name) {
    this.body = body;
    this.name = name;
  }

  /**
   * Uncompresses a file's body.
   *
   * @param from where its length is
   */
  static LanguageModelInput of(byte[] file, int from, String name) throws IOException {
    int start = from + Integer.BYTES;
    if (file.length < start) {
      throw malformed(name, "it ends too early");
    }
    int length = ByteBuffer.wrap(file).getInt(from);
    if (length < 0 || length > (long) GREATEST_COMPRESSION * (file.length - start)) {
      throw malformed(name, "it declares a body of " + length + " bytes in " + (file.length - start));
    }
    var body = new byte[length];
    try (var inflater = new Inflater()) {
      inflater.setInput(file, start, file.length - start);
      int done = 0;
      while (done < length) {
        int count = inflater.inflate(body, done, length - done);
        if (count == 0) {
          throw malformed(name, "its body ends too early");
        }
        done += count;
      }
      // Only now is the checksum looked at.
      if (inflater.inflate(new byte[1]) != 0 || !inflater.finished() || inflater.getRemaining() != 0) {
        throw malformed(name, "its body does not end where it should");
      }
    } catch (DataFormatException e) {
      throw malformed(name, "its body is damaged");
    }
    return new LanguageModelInput(body, name);
  }

  private static IOException malformed(String name, String problem) {
    return new IOException(name + " is not a valid language model: " + problem);
  }

  LanguageModel readModel() throws IOException {
    int count = room("languages", LEAST_LANGUAGE_BYTES);
    var codes = new LinkedHashSet<String>();
    var biases = new float[count];
    var logPriors = new float[count];
    var absentWeights = new float[count];
    for (int l = 0; l < count; l++) {
      int length = room("bytes of a language's code", 1);
      codes.add(new String(body, position, length, StandardCharsets.UTF_8));
      position += length;
      biases[l] = readFinite();
      logPriors[l] = readFinite();
      absentWeights[l] = readFinite();
    }
    if (count == 0 || count > LanguageTrainer.MOST_LANGUAGES || codes.size() < count) {
      throw malformed(name, "its languages are none, too many, or not all different");
    }
    float scale = readFinite();
    var hashes = new int[room("features", 2)];
    int last = -1;
    for (int f = 0; f < hashes.length; f++) {
      last = next(last, 1 << LanguageFeatures.HASH_BITS, "hash");
      hashes[f] = last;
    }
    var starts = new int[hashes.length + 1];
    for (int f = 0; f < hashes.length; f++) {
      long end = (long) starts[f] + readNumber();
      checkRoom(end, "entries", 2);
      starts[f + 1] = (int) end;
    }
    var languages = new short[starts[hashes.length]];
    for (int f = 0; f < hashes.length; f++) {
      last = -1;
      for (int entry = starts[f]; entry < starts[f + 1]; entry++) {
        last = next(last, count, "language");
        languages[entry] = (short) last;
      }
    }
    checkRoom(languages.length, "weights", 1);
    byte[] weights = Arrays.copyOfRange(body, position, position + languages.length);
    position += weights.length;
    if (position < body.length) {
      throw malformed(name, remaining() + " bytes follow its end");
    }
    return new LanguageModel(List.copyOf(codes), biases, logPriors, absentWeights,
        new FeatureIndex(hashes), new FeatureLanguages(starts, languages), weights, scale);
  }

  private int remaining() {
    return body.length - position;
  }

  /** Reads a number of things of so many bytes each or more, all of which can still follow. */
  private int room(String what, int leastBytes) throws IOException {
    int count = readNumber();
    checkRoom(count, what, leastBytes);
    return count;
  }

  private void checkRoom(long count, String what, int leastBytes) throws IOException {
    if (count > remaining() / leastBytes) {
      throw malformed(name, "it declares " + count + " " + what + ", but only " + remaining() + " bytes follow");
    }
  }

  /** The number after the last in an ascending row of numbers below a limit. */
  private int next(int last, int limit, String what) throws IOException {
    long next = last + 1L + readNumber();
    if (next >= limit) {
      throw malformed(name, "a " + what + " is " + next + "; it must be below " + limit);
    }
    return (int) next;
  }

  private int readNumber() throws IOException {
    long number = 0;
    for (int shift = 0; shift < LONGEST_NUMBER_BITS; shift += 7) {
      byte bits = readByte();
      number |= (bits & 127L) << shift;
      if (bits >= 0) {
        break;
      }
    }
    if (number > Integer.MAX_VALUE) {
      throw malformed(name, "a number is " + number + "; none can be above " + Integer.MAX_VALUE);
    }
    return (int) number;
  }

  private byte readByte() throws IOException {
    if (position == body.length) {
      throw malformed(name, "its body ends too early");
    }
    return body[position++];
  }

  private float readFinite() throws IOException {
    int bits = 0;
    for (int i = 0; i < Float.BYTES; i++) {
      bits = bits << Byte.SIZE | readByte() & 0xFF;
    }
    float number = Float.intBitsToFloat(bits);
    if (!Float.isFinite(number)) {
      throw malformed(name, "a weight is " + number);
    }
    return number;
  }
}
