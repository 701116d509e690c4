package crema.pretrained;

import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small file of JSON in the folder of a pretrained model, which is not trusted. */
public final class ConfigFile {
  private static final long MAX_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * What a file holds, if there is one.
   *
   * @throws UserError when it is not JSON, or larger than a configuration is
   */
  public static Optional<JsonNode> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new UserError(file + " is larger than a configuration is");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(Json.parse(in));
    } catch (JsonException e) {
      throw new UserError(file + " is not JSON: " + e.getMessage(), e);
    }
  }
}
