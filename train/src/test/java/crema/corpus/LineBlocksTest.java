package crema.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blocks are whole lines and together the stream, however that is read; lines without end are thrown away. */
class LineBlocksTest {
  /** Gives a few bytes at a time. */
  private static InputStream slow(byte[] bytes, int seed) {
    var random = new Random(seed);
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(100_000)));
      }
    };
  }

  private static List<byte[]> blocks(InputStream in, int[] longLines) throws IOException {
    var found = new ArrayList<byte[]>();
    try (var blocks = new LineBlocks(in)) {
      var block = new LineBlocks.Block();
      while (blocks.next(block)) {
        found.add(Arrays.copyOf(block.bytes(), block.length()));
        longLines[0] += block.longLines();
      }
    }
    return found;
  }

  private static byte[] joined(List<byte[]> parts) {
    var out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }

  private static byte[] line(int length, boolean ends) {
    var bytes = new byte[length];
    Arrays.fill(bytes, (byte) 'x');
    if (ends) {
      bytes[length - 1] = '\n';
    }
    return bytes;
  }

  @Test
  void blocksAreWholeLinesAndTheSameHoweverTheStreamIsRead() throws IOException {
    var lengths = new Random(3);
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      out.writeBytes(line(1 + lengths.nextInt(i % 7 == 0 ? 2_000_000 : 100_000), true));
    }
    out.writeBytes(line(5, false));
    byte[] all = out.toByteArray();
    var longLines = new int[1];
    List<byte[]> blocks = blocks(new ByteArrayInputStream(all), longLines);
    assertThat(joined(blocks)).isEqualTo(all);
    assertThat(blocks).hasSizeGreaterThan(5);
    assertThat(blocks.subList(0, blocks.size() - 1)).allSatisfy(block -> assertThat(block).endsWith((byte) '\n'));
    List<byte[]> again = blocks(slow(all, 1), longLines);
    assertThat(again).hasSameSizeAs(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      assertThat(again.get(i)).isEqualTo(blocks.get(i));
    }
    assertThat(longLines[0]).isZero();
  }

  @Test
  void aLineLongerThanTheBoundIsThrownAwayAndCounted() throws IOException {
    byte[] before = line(10, true);
    byte[] after = line(20, true);
    byte[] tooLong = line(2 * LineBlocks.MAX_LINE, true);
    var longLines = new int[1];
    assertThat(joined(blocks(new ByteArrayInputStream(joined(List.of(before, tooLong, after))), longLines)))
        .isEqualTo(joined(List.of(before, after)));
    assertThat(longLines[0]).isEqualTo(1);
    assertThat(joined(blocks(new ByteArrayInputStream(joined(List.of(before, line(2 * LineBlocks.MAX_LINE, false)))),
        longLines))).isEqualTo(before);
    assertThat(longLines[0]).isEqualTo(2);
  }
}
