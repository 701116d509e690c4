package crema.corpus;

import com.github.luben.zstd.ZstdInputStream;
import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives of a few offers, and what comes out of them. */
final class TestArchives {
  private TestArchives() {}

  static byte[] gzip(byte[] content) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static byte[] gzip(String... lines) {
    return gzip((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static byte[] table(String... lines) {
    return (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static Map<String, byte[]> members(Object... namesAndContents) {
    var members = new LinkedHashMap<String, byte[]>();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      members.put((String) namesAndContents[i], (byte[]) namesAndContents[i + 1]);
    }
    return members;
  }

  static Path zip(Path file, Map<String, byte[]> members) throws IOException {
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var member : members.entrySet()) {
        zip.putNextEntry(new ZipEntry(member.getKey()));
        zip.write(member.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  /** The lines of a file of a split; none if there is no such file. */
  static List<String> lines(Path corpus, String split) throws IOException {
    Path file = corpus.resolve(split + ".jsonl.zst");
    if (!Files.exists(file)) {
      return List.of();
    }
    try (var in = new ZstdInputStream(Files.newInputStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  static List<JsonNode> rows(Path corpus, String split) throws IOException {
    return lines(corpus, split).stream().map(Json::parse).toList();
  }

  static List<JsonNode> allRows(Path corpus) throws IOException {
    return Stream.of(rows(corpus, "train"), rows(corpus, "validation"), rows(corpus, "test")).flatMap(List::stream)
        .toList();
  }

  /** The content of the files of the splits, by their names. */
  static Map<String, byte[]> files(Path corpus) throws IOException {
    var files = new LinkedHashMap<String, byte[]>();
    try (Stream<Path> found = Files.list(corpus)) {
      for (Path file : found.filter(each -> each.toString().endsWith(".zst")).sorted().toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }
}
