package crema.fasttext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedModelTest {
  private static final String[] MODELS =
      {"softmax-words.bin", "hs-words.bin", "ns-ngrams.bin", "norms.ftz", "pruned.ftz"};

  static {
    // What the first load of a JVM allocates for its classes and lambdas is not the file's doing.
    for (String model : MODELS) {
      assertThatCode(() -> Golden.model(model)).doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hs-words.bin", "norms.ftz", "pruned.ftz"})
  void truncationAtEachByteIsAnErrorThatNamesTheFile(String name) {
    byte[] model = Golden.bytes(name);
    for (int length = 0; length < model.length; length++) {
      byte[] cut = Arrays.copyOf(model, length);
      assertThatThrownBy(() -> FastText.read(cut, name))
          .as("cut at byte %d", length)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(name + " is not a valid fastText model: ");
    }
  }

  /** Every int of the file in turn becomes a number that is huge, negative, or off by one. */
  @ParameterizedTest
  @ValueSource(strings = {"softmax-words.bin", "pruned.ftz"})
  void sizesThatLieAreErrorsOrHarmless(String name) {
    byte[] model = Golden.bytes(name);
    for (int at = 0; at + 4 <= Math.min(model.length, 1200); at++) {
      for (int value : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 0, 0x10000000, 257}) {
        byte[] changed = model.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        assertErrorOrHarmless(changed, name + " with " + value + " at byte " + at);
      }
    }
  }

  @Property(tries = 3000)
  void randomDamageIsAnErrorOrHarmless(
      @ForAll @IntRange(min = 0, max = 4) int model, @ForAll("damage") byte[] damage, @ForAll int place) {
    byte[] changed = Golden.bytes(MODELS[model]);
    int at = Math.floorMod(place, changed.length - damage.length);
    System.arraycopy(damage, 0, changed, at, damage.length);
    assertErrorOrHarmless(changed, MODELS[model]);
  }

  @Provide
  Arbitrary<byte[]> damage() {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(9);
  }

  private static void assertErrorOrHarmless(byte[] model, String what) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      FastText loaded = FastText.read(model, what);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(1_000_000);
      if (loaded.config().task() == Task.SUPERVISED && loaded.config().maxn() < 100) {
        loaded.predict("Nokio kettle ünknown 東芝 black", -1, 0f);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining(what);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as(what).isLessThan(1_000_000);
    } catch (RuntimeException | Error e) {
      fail(what, e);
    }
  }

  @Test
  void aForeignFileIsNamed() {
    assertThatThrownBy(() -> FastText.read("PK and so on, a zip file".getBytes(), "model.zip"))
        .hasMessage("model.zip is not a valid fastText model: it does not start with fastText's mark (byte 4)");
  }
}
