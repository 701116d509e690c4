package crema.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
  /** The example of FIPS 180-4. */
  private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void aDigestDependsOnTheBytesAlone(@TempDir Path folder) throws IOException {
    assertThat(new Sha256().add("abc").hex()).isEqualTo(ABC);
    assertThat(new Sha256().add("a").add((byte) 'b', (byte) 'c').hex()).isEqualTo(ABC);
    assertThat(new Sha256().add(new ByteArrayInputStream(new byte[] {'a', 'b', 'c'})).hex()).isEqualTo(ABC);
    assertThat(Sha256.ofFile(Files.writeString(folder.resolve("abc"), "abc"))).isEqualTo(ABC);
    assertThat(Sha256.ofLines(List.of("a", "b"))).isEqualTo(new Sha256().add("a\nb\n").hex());
  }

  @Test
  void valuesOfAFingerprintDoNotRunIntoEachOther() {
    assertThat(List.of(
        new Fingerprint("rows").add("ab").add("c").hex(),
        new Fingerprint("rows").add("a").add("bc").hex(),
        new Fingerprint("rows").add("abc").hex(),
        new Fingerprint("rows").add(List.of("ab", "c")).hex(),
        new Fingerprint("rows").add("").hex(),
        new Fingerprint("rows").add((String) null).hex(),
        new Fingerprint("rows").hex(),
        new Fingerprint("row").hex())).doesNotHaveDuplicates();
  }

  @Test
  void aFingerprintIsTheDigestOfItsFramedValues() {
    byte[] framed = {0, 0, 0, 0, 0, 0, 0, 1, 'p', 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', -1, -1, -1, -1, -1, -1, -1, -1};
    assertThat(new Fingerprint("p").add("ab").add((String) null).hex()).isEqualTo(new Sha256().add(framed).hex());
  }
}
