package crema.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors come back as they were, or not at all. */
class VectorCacheTest {
  @TempDir
  Path folder;

  private static Map<VectorCache.Key, VectorCache.Entry> entries(int from, int to) {
    var entries = new HashMap<VectorCache.Key, VectorCache.Entry>();
    for (int i = from; i < to; i++) {
      entries.put(VectorCache.Key.of("text " + i), new VectorCache.Entry(new float[] {i, -i, 0.5f}, i % 2 == 0));
    }
    return entries;
  }

  private static void assertHolds(VectorCache cache, int from, int to) {
    for (int i = from; i < to; i++) {
      VectorCache.Key key = VectorCache.Key.of("text " + i);
      assertThat(cache.contains(key)).isTrue();
      var vector = new float[4];
      assertThat(cache.copy(key, vector, 1)).isEqualTo(i % 2 == 0);
      assertThat(vector).containsExactly(0, i, -i, 0.5f);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("c"))) {
      return files.toList();
    }
  }

  @Test
  void vectorsComeBackInALaterProcess() throws IOException {
    try (var cache = new VectorCache(folder.resolve("c"))) {
      assertThat(cache.size()).isEmpty();
      cache.add(entries(0, 10));
      assertHolds(cache, 0, 10);
    }
    try (var cache = new VectorCache(folder.resolve("c"))) {
      assertThat(cache.size()).hasValue(3);
      assertHolds(cache, 0, 10);
      assertThat(cache.contains(VectorCache.Key.of("another"))).isFalse();
    }
  }

  @Test
  void manySmallAdditionsAreFewFiles() throws IOException {
    for (int i = 0; i < 64; i++) {
      try (var cache = new VectorCache(folder.resolve("c"))) {
        cache.add(entries(i, i + 1));
      }
    }
    assertThat(files()).hasSizeLessThan(8);
    try (var cache = new VectorCache(folder.resolve("c"))) {
      assertHolds(cache, 0, 64);
    }
  }

  @Test
  void twoProcessesKeepBothTheirVectors() throws IOException {
    try (var one = new VectorCache(folder.resolve("c")); var two = new VectorCache(folder.resolve("c"))) {
      one.add(entries(0, 5));
      two.add(entries(3, 9));
    }
    try (var cache = new VectorCache(folder.resolve("c"))) {
      assertHolds(cache, 0, 9);
    }
  }

  @Test
  void damagedFilesAreSkipped() throws IOException {
    try (var cache = new VectorCache(folder.resolve("c"))) {
      cache.add(entries(0, 20));
    }
    Path file = files().getFirst();
    byte[] good = Files.readAllBytes(file);
    var random = new Random(9);
    for (int round = 0; round < 500; round++) {
      byte[] bytes = good.clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, random.nextInt(5) == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length)) : bytes);
      try (var cache = new VectorCache(folder.resolve("c"))) {
        assertThat(cache.contains(VectorCache.Key.of("text 1"))).isFalse();
      }
    }
  }
}
