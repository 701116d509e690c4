package crema.cli.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages files as editors, transfers and attackers do. The same random numbers damage them alike. */
public final class Mutation {
  private Mutation() {}

  /** Bytes that parsers trip over. */
  static final List<byte[]> TRAPS = List.of("\"", ",", ";", "\t", "\r", "\n", "\r\n", "\0", "\\", "{", "}", "[",
      "]",
      "\uFEFF", "\u2028", "\u202E", "__label__", "null", "NaN", "-0", "1e999", "\uD83D\uDE00", "'", "\"\"\"", "sep=,\n",
      "\\u0000", "\\uD800", "#").stream().map(trap -> trap.getBytes(StandardCharsets.UTF_8)).toList();

  /** Bytes with one to six changes: of the kind of those that damage files. */
  public static byte[] of(byte[] bytes, Random random) {
    byte[] now = bytes;
    for (int change = random.nextInt(6); change >= 0; change--) {
      int at = now.length == 0 ? 0 : random.nextInt(now.length);
      int length = Math.min(now.length - at, 1 + random.nextInt(random.nextInt(8) == 0 ? 200 : 8));
      now = switch (random.nextInt(9)) {
        case 0 -> replaced(now, at, 0, TRAPS.get(random.nextInt(TRAPS.size())));
        case 1 -> replaced(now, at, length, new byte[0]);
        case 2 -> replaced(now, at, length, TRAPS.get(random.nextInt(TRAPS.size())));
        case 3 -> replaced(now, at, 0, Arrays.copyOfRange(now, at, at + length));
        case 4 -> Arrays.copyOf(now, at);
        case 5 -> Arrays.copyOfRange(now, at, now.length);
        case 6 -> {
          byte[] flipped = now.clone();
          if (flipped.length > 0) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
          }
          yield flipped;
        }
        case 7 -> {
          var noise = new byte[length];
          random.nextBytes(noise);
          yield replaced(now, at, length, noise);
        }
        default -> replaced(now, at, 0, new String(TRAPS.get(random.nextInt(TRAPS.size())), StandardCharsets.UTF_8)
            .repeat(1 + random.nextInt(3000)).getBytes(StandardCharsets.UTF_8));
      };
    }
    return now;
  }

  /** Bytes of which the first are left alone. */
  static byte[] of(byte[] bytes, int head, Random random) {
    return replaced(bytes, head, bytes.length - head, of(Arrays.copyOfRange(bytes, head, bytes.length), random));
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    var out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.writeBytes(by);
    out.write(bytes, at + length, bytes.length - at - length);
    return out.toByteArray();
  }
}
