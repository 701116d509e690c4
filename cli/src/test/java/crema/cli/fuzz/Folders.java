package crema.cli.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Folders of which one file is replaced. An input is the name of the file in a line of its own, from the folder of all of
 * them, and then what the file holds.
 */
final class Folders {
  private final Map<String, Map<String, byte[]>> folders = new TreeMap<>();
  private final List<String> names = new ArrayList<>();

  /** The folders in a folder of the corpus. */
  Folders(Path corpus) {
    Corpus.files(corpus).forEach((name, bytes) -> {
      String folder = name.substring(0, name.indexOf('/'));
      if (!folder.equals(Corpus.FOUND)) {
        folders.computeIfAbsent(folder, _ -> new TreeMap<>()).put(name.substring(folder.length() + 1), bytes);
        names.add(name);
      }
    });
  }

  /** An input for each file, as it is. */
  Map<String, byte[]> seeds() {
    var seeds = new LinkedHashMap<String, byte[]>();
    folders.forEach((folder, files) -> files.forEach((name, bytes) -> seeds.put(folder + "/" + name,
        input(folder + "/" + name, bytes))));
    return seeds;
  }

  private static byte[] input(String name, byte[] bytes) {
    byte[] head = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] input = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, input, head.length, bytes.length);
    return input;
  }

  /** Where the content of the replaced file begins in an input. */
  static int head(byte[] input) {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    return Math.min(end + 1, input.length);
  }

  /** Reads a folder. */
  @FunctionalInterface
  interface Reader {
    /** Reads the folder of a name, with one file replaced. */
    void read(String name, Path folder) throws IOException;
  }

  /**
   * Reads the folder that an input describes. A name that is of no file stands for one of those there are.
   *
   * @param place where folders are written
   */
  void read(byte[] input, Path place, Reader reader) throws IOException {
    int head = head(input);
    String given = new String(input, 0, Math.max(0, head - 1), StandardCharsets.UTF_8);
    String name = names.contains(given) ? given : names.get(Math.floorMod(given.hashCode(), names.size()));
    String folder = name.substring(0, name.indexOf('/'));
    Path written = place.resolve(folder);
    write(folder, written);
    Files.write(written.resolve(name.substring(folder.length() + 1)), Arrays.copyOfRange(input, head, input.length));
    reader.read(folder, written);
  }

  /** Writes a folder as it is in the corpus; what else is there is deleted, and equal files are left alone. */
  private void write(String folder, Path place) throws IOException {
    Map<String, byte[]> files = Objects.requireNonNull(folders.get(folder));
    Files.createDirectories(place);
    try (Stream<Path> all = Files.walk(place)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!files.containsKey(place.relativize(file).toString().replace('\\', '/'))) {
          Files.delete(file);
        }
      }
    }
    for (var file : files.entrySet()) {
      Path path = place.resolve(file.getKey());
      if (!Files.exists(path) || Files.size(path) != file.getValue().length
          || !Arrays.equals(Files.readAllBytes(path), file.getValue())) {
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.write(path, file.getValue());
      }
    }
  }
}
