package crema.cli;

import crema.base.json.Json;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a run, for comparisons of one with another. */
final class RunFiles {
  private RunFiles() {}

  /** The files below a folder; none where there is no folder. */
  static List<Path> of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      // What a kill leaves of a file that was being written is deleted by a write an hour later.
      return files.filter(Files::isRegularFile).filter(file -> !file.toString().endsWith(".crema-tmp")).toList();
    }
  }

  /** The content of each file, without what tells the time and the place. */
  static Map<String, String> contents(Path output) throws IOException {
    var contents = new TreeMap<String, String>();
    for (Path file : of(output)) {
      contents.put(output.relativize(file).toString(), content(file, output));
    }
    return contents;
  }

  /** The names of files that one has and the other has not, or with other content. */
  static List<String> differing(Map<String, String> expected, Map<String, String> found) {
    return Stream.concat(expected.keySet().stream(), found.keySet().stream()).distinct().sorted()
        .filter(name -> !Objects.equals(expected.get(name), found.get(name))).toList();
  }

  private static String content(Path file, Path output) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1).replace(output.toString(), "OUTPUT");
    String name = String.valueOf(file.getFileName());
    return switch (name) {
      // Pages show the speed, and what the other files hold.
      case "report.html", "provenance.json", "comparison.html" -> "";
      case "comparison.md" -> text.replaceAll("\\| [0-9.]+ s \\|", "| |")
          .replaceFirst("# Search of .*", "");
      case "metrics.json" -> text.replaceAll("(training [^;]+; )?answer [^;]+;", "");
      case "training.json" -> settings(text);
      // A log of an experiment also has what was told before a kill.
      default -> file.toString().contains("state/step-") || name.endsWith(".log") ? ""
          : name.matches(".*\\.jsonl?") ? text.replaceAll("\"(seconds|tokens_per_second)\":[^,}]+", "") : text;
    };
  }

  /** A run that was killed before it began may have as given what was chosen for it. */
  private static String settings(String text) {
    JsonNode json = Json.parse(text);
    return json.path("model").toString() + json.path("settings");
  }
}
