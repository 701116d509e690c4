package crema.nn.io;

import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.nn.InvalidWeightsException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** An index of several files: {@code {"weight_map": {"name": "file", …}}}. The files are beside it. */
final class ShardedReader {
  /** More than the index of any model has. */
  private static final long MOST_BYTES = 1L << 26;
  private static final int MOST_FILES = 4096;

  private ShardedReader() {}

  static StoredContents parse(Path index, Arena arena) throws IOException {
    if (Files.size(index) > MOST_BYTES) {
      throw new InvalidWeightsException("it has " + Files.size(index) + " bytes, and an index has fewer");
    }
    JsonNode map;
    try (var in = Files.newInputStream(index)) {
      map = Json.parse(in).path("weight_map");
    } catch (JsonException e) {
      throw new InvalidWeightsException(e.getMessage(), e);
    }
    if (!map.isObject() || map.isEmpty()) {
      throw new InvalidWeightsException("it has no weight_map");
    }
    Map<String, StoredContents> files = new LinkedHashMap<>();
    var tensors = new LinkedHashMap<String, StoredTensor>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = entry.getValue().isString() ? entry.getValue().stringValue() : "";
      StoredContents file = files.get(name);
      if (file == null) {
        file = open(index, name, arena);
        files.put(name, file);
        if (files.size() > MOST_FILES) {
          throw new InvalidWeightsException("it names more than " + MOST_FILES + " files");
        }
      }
      StoredTensor tensor = file.tensors().get(entry.getKey());
      if (tensor == null) {
        throw new InvalidWeightsException("tensor " + entry.getKey() + " is not in " + name);
      }
      tensors.put(entry.getKey(), tensor);
    }
    return new StoredContents(tensors);
  }

  private static StoredContents open(Path index, String name, Arena arena) throws IOException {
    if (!SiblingFile.isPlainName(name)) {
      throw new InvalidWeightsException("it names '" + name + "', which is not a file beside it");
    }
    Path file = index.resolveSibling(name);
    if (!Files.isRegularFile(file)) {
      throw new InvalidWeightsException("it names " + name + ", which is not there: copy or download all files");
    }
    try {
      return WeightFormat.parseShard(file, arena);
    } catch (InvalidWeightsException e) {
      throw new InvalidWeightsException(name + ": " + e.getMessage(), e);
    }
  }
}
