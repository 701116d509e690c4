package crema.data;

import static org.assertj.core.api.Assertions.assertThat;

import crema.base.UserError;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application sees that lacks an optional library: each test runs {@link Application} without it. */
class MissingLibraryTest {
  private static final String BRING = ", which is not there; add it, or "
      + "io.github.crema-engine:crema-training, which brings all that training needs";

  @TempDir
  private Path folder;

  @Test
  void csvNeedsFastCsv() throws Exception {
    Path file = Files.writeString(folder.resolve("rows.csv"), "title\nkettle\n");
    assertThat(runWithout("fastcsv", "read", file)).isEqualTo(
        "reading " + file + " needs the library de.siegmar:fastcsv" + BRING);
    assertThat(runWithout("zstd-jni", "read", file)).isEqualTo("1 rows");
  }

  @Test
  void zstandardNeedsZstdJni() throws Exception {
    Path file = Files.write(folder.resolve("rows.jsonl.zst"), new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0});
    assertThat(runWithout("zstd-jni", "read", file)).isEqualTo(
        "reading " + file + " needs the library com.github.luben:zstd-jni" + BRING);
  }

  @Test
  void formatsOfOtherArtifactsAreNamedWithThem() throws Exception {
    Path parquet = Files.writeString(folder.resolve("rows.parquet"), "PAR1 and more");
    assertThat(runWithout("none", "read", parquet)).isEqualTo("reading " + parquet
        + ", a Parquet file, needs the library io.github.crema-engine:crema-parquet" + BRING);
    Path excel = Files.writeString(folder.resolve("rows.xlsx"), "PK\3\4 and more");
    assertThat(runWithout("none", "read", excel)).isEqualTo("reading " + excel
        + ", a workbook of Excel, needs the library io.github.crema-engine:crema-excel" + BRING);
  }

  @Test
  void statisticsNeedCommonsMath() throws Exception {
    for (String work : new String[] {"interval", "compare"}) {
      assertThat(runWithout("commons-math3", work, folder)).isEqualTo(
          "computing confidence intervals needs the library org.apache.commons:commons-math3" + BRING);
    }
    assertThat(runWithout("commons-math3", "temperature", folder)).isEqualTo(
        "fitting a temperature needs the library org.apache.commons:commons-math3" + BRING);
    assertThat(runWithout("commons-math3", "metrics", folder)).isEqualTo("0.5");
  }

  private static String runWithout(String library, String work, Path file) throws Exception {
    URL[] path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().startsWith(library))
        .map(MissingLibraryTest::url)
        .toArray(URL[]::new);
    try (var loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      return (String) loader.loadClass(Application.class.getName()).getMethod("run", String.class, Path.class)
          .invoke(null, work, file);
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause();
      assertThat(thrown.getClass().getName()).as(thrown.toString()).isEqualTo(UserError.class.getName());
      return thrown.getMessage();
    }
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }
}
