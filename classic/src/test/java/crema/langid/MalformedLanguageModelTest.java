package crema.langid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MalformedLanguageModelTest {
  private static final int HEADER = LanguageModelFormat.markLength() + Integer.BYTES;
  private static final byte[] FILE = file();
  private static final byte[] BODY = body();

  private static byte[] file() {
    try {
      var common = new CommonLanguages(List.of("deu", "jpn"), 4);
      return LanguageModelFormat.bytes(
          LanguageTrainer.train(Sentences.of("deu", "ell", "jpn", "hun", "nld"), common));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] body() {
    var body = new byte[ByteBuffer.wrap(FILE).getInt(LanguageModelFormat.markLength())];
    try (var inflater = new Inflater()) {
      inflater.setInput(FILE, HEADER, FILE.length - HEADER);
      assertThat(inflater.inflate(body)).isEqualTo(body.length);
      return body;
    } catch (DataFormatException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] withBody(byte[] body) throws IOException {
    var file = new ByteArrayOutputStream();
    file.write(FILE, 0, LanguageModelFormat.markLength());
    file.write(ByteBuffer.allocate(Integer.BYTES).putInt(body.length).array());
    try (var out = new DeflaterOutputStream(file)) {
      out.write(body);
    }
    return file.toByteArray();
  }

  @Test
  void writtenAgainAModelIsTheSame() throws IOException {
    assertThat(LanguageModelFormat.bytes(LanguageModel.read(FILE, "model"))).isEqualTo(FILE);
    assertThat(withBody(BODY)).isEqualTo(FILE);
  }

  @Test
  void truncationAtEachByteIsAnErrorThatNamesTheFile() {
    for (int length = 0; length < FILE.length; length++) {
      byte[] cut = Arrays.copyOf(FILE, length);
      assertThatThrownBy(() -> LanguageModel.read(cut, "cut.lid")).as("cut at byte %d", length)
          .isInstanceOf(IOException.class).hasMessageStartingWith("cut.lid is not a valid language model: ");
    }
  }

  @Test
  void truncationOfTheBodyAtEachByteIsAnError() throws IOException {
    for (int length = 0; length < BODY.length; length++) {
      byte[] cut = withBody(Arrays.copyOf(BODY, length));
      assertThatThrownBy(() -> LanguageModel.read(cut, "cut.lid")).as("cut at byte %d", length)
          .isInstanceOf(IOException.class).hasMessageStartingWith("cut.lid is not a valid language model: ");
    }
    assertThatThrownBy(() -> LanguageModel.read(withBody(Arrays.copyOf(BODY, BODY.length + 1)), "long.lid"))
        .hasMessageContaining("1 bytes follow its end");
  }

  /** Every byte in turn begins a number that is huge, or off by one. */
  @Test
  void numbersThatLieAreErrorsOrHarmless() throws IOException {
    byte[] huge = {-1, -1, -1, -1, 7};
    byte[] beyond = {-1, -1, -1, -1, 127};
    for (int at = 0; at + huge.length <= BODY.length; at++) {
      for (byte[] lie : new byte[][] {huge, beyond, {(byte) (BODY[at] + 1)}, {0}}) {
        byte[] changed = BODY.clone();
        System.arraycopy(lie, 0, changed, at, lie.length);
        assertErrorOrHarmless(withBody(changed), Arrays.toString(lie) + " at byte " + at);
      }
    }
  }

  @Property(tries = 2000)
  void randomDamageIsAnErrorOrHarmless(@ForAll @Size(min = 1, max = 9) byte[] damage, @ForAll int place)
      throws IOException {
    assertErrorOrHarmless(damaged(FILE, damage, place), "a damaged file");
    assertErrorOrHarmless(withBody(damaged(BODY, damage, place)), "a damaged body");
  }

  private static byte[] damaged(byte[] bytes, byte[] damage, int place) {
    byte[] changed = bytes.clone();
    System.arraycopy(damage, 0, changed, Math.floorMod(place, changed.length - damage.length), damage.length);
    return changed;
  }

  @Test
  void aBodyThatClaimsMoreThanItsBytesCanHoldIsRefused() {
    byte[] changed = FILE.clone();
    ByteBuffer.wrap(changed).putInt(LanguageModelFormat.markLength(), Integer.MAX_VALUE);
    assertThatThrownBy(() -> LanguageModel.read(changed, "bomb.lid"))
        .hasMessageContaining("declares a body of 2147483647 bytes");
  }

  private static void assertErrorOrHarmless(byte[] model, String what) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      LanguageModel loaded = LanguageModel.read(model, what);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(1_000_000);
      new LanguageDetector(loaded).detect("Die Kinder spielten im Garten.", 3);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(what);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(1_000_000);
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
  }
}
