package crema.family.linear;

import crema.base.AtomicFile;
import crema.base.FileTree;
import crema.base.UserError;
import crema.base.json.ArrayNode;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import crema.classify.ComputeOptions;
import crema.classify.ModelDirectory;
import crema.classify.ModelSource;
import crema.embed.CachedEmbedder;
import crema.embed.EmbedListener;
import crema.embed.EmbedOptions;
import crema.embed.PoolingKind;
import crema.embed.Vectors;
import crema.hub.HubOptions;
import crema.hub.ModelHub;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of texts as dense features: those that a pretrained encoder makes of a row's text, or of several of its texts,
 * one {@link VectorSpace} after the other.
 *
 * <p>In a model directory: {@code encoder.json}, and the encoder's own files in {@code encoder/} unless they are left
 * where they were.
 */
final class FrozenEncoder implements AutoCloseable {
  static final String DESCRIPTION = "encoder.json";
  static final String FOLDER = "encoder";

  /** Earlier programs know vectors of all columns joined alone, and write this version. */
  private static final int JOINED_VERSION = 1;
  private static final int VERSION = 2;

  private final CachedEmbedder embedder;
  /** Where the encoder of an archive was unpacked to, for as long as this is open; null if it lies where it is used. */
  private final @Nullable Path unpacked;
  private final EmbedOptions options;
  private final List<VectorSpace> spaces;

  private FrozenEncoder(CachedEmbedder embedder, @Nullable Path unpacked, EmbedOptions options,
      List<VectorSpace> spaces) {
    this.embedder = embedder;
    this.unpacked = unpacked;
    this.options = options;
    this.spaces = List.copyOf(spaces);
  }

  /**
   * An encoder with what was learned of its vectors.
   *
   * @param spaces at least one
   */
  FrozenEncoder(CachedEmbedder embedder, EmbedOptions options, List<VectorSpace> spaces) {
    this(embedder, null, options, spaces);
  }

  /** The number of features of a text. */
  int size() {
    return spaces.stream().mapToInt(VectorSpace::size).sum();
  }

  /** The texts that the encoder reads. */
  List<VectorSpace> spaces() {
    return spaces;
  }

  /** The vectors of texts as the encoder makes them. */
  synchronized Vectors embed(List<String> texts) {
    try {
      return embedder.embed(texts, EmbedListener.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes features of texts.
   *
   * @param block {@code [texts, width]}
   * @param begin the column of the block where the features begin
   */
  void write(TextViews views, List<String> texts, float[] block, int width, int begin) {
    int first = begin;
    for (VectorSpace space : spaces) {
      List<String> read = views.of(texts, space.column());
      space.write(read, embed(read), block, width, first);
      first += space.size();
    }
  }

  /**
   * Writes what predicts alone.
   *
   * @param reference where the encoder is found again; null to carry it along
   */
  void save(ModelDirectory directory, @Nullable String reference) throws IOException {
    boolean isJoined = spaces.size() == 1 && spaces.getFirst().column().isEmpty();
    var json = new ObjectNode().put("frozen_encoder_version", isJoined ? JOINED_VERSION : VERSION)
        .put("fingerprint", embedder.fingerprint()).put("reference", reference)
        .put("prompt", options.prompt().orElse(null));
    ArrayNode kinds = json.putArray("pooling");
    options.pooling().forEach(kind -> kinds.add(kind.sentenceName()));
    json.put("max_length", options.maxLength().orElse(0));
    if (isJoined) {
      spaces.getFirst().write(json);
    } else {
      ArrayNode array = json.putArray("spaces");
      for (VectorSpace space : spaces) {
        var each = new ObjectNode().put("column", space.column().orElse(null));
        space.write(each);
        array.add(each);
      }
    }
    if (reference == null) {
      for (Map.Entry<String, Path> file : embedder.files().entrySet()) {
        Path target = directory.file(FOLDER).resolve(file.getKey());
        Files.createDirectories(target.toAbsolutePath().getParent());
        AtomicFile.write(target, channel -> {
          try (InputStream in = Files.newInputStream(file.getValue())) {
            in.transferTo(Channels.newOutputStream(channel));
          }
        });
      }
    }
    AtomicFile.writeText(directory.file(DESCRIPTION), Json.write(json) + "\n");
  }

  /**
   * Opens what {@link #save} wrote. The encoder is loaded when there is a text.
   *
   * @throws UserError when a file is missing or damaged, or the encoder is not the one that was trained with
   */
  static FrozenEncoder load(ModelSource source, ComputeOptions compute) throws IOException {
    JsonNode json;
    try (InputStream in = source.bytes(DESCRIPTION).open()) {
      json = Json.parse(in);
      int version = json.path("frozen_encoder_version").intValue();
      if (version < JOINED_VERSION || version > VERSION) {
        throw new UserError(source.name() + ": " + DESCRIPTION + " is of another version; use a newer program");
      }
      return load(source, json, compute);
    } catch (JsonException e) {
      throw new UserError(source.name() + ": " + DESCRIPTION + " is damaged: " + e.getMessage(), e);
    }
  }

  private static FrozenEncoder load(ModelSource source, JsonNode json, ComputeOptions compute) throws IOException {
    var pooling = new ArrayList<PoolingKind>();
    json.path("pooling").forEach(kind -> pooling.add(PoolingKind.named(kind.asString(""), "pooling")));
    int length = json.path("max_length").intValue();
    var options =
        new EmbedOptions(Optional.of(json.path("prompt")).filter(JsonNode::isString).map(JsonNode::stringValue),
            Optional.empty(), pooling, Optional.of(true), length == 0 ? OptionalInt.empty() : OptionalInt.of(length),
            OptionalInt.empty());
    var spaces = new ArrayList<VectorSpace>();
    if (json.path("spaces").isMissingNode()) {
      spaces.add(VectorSpace.read(Optional.empty(), json));
    }
    json.path("spaces").forEach(each -> spaces.add(VectorSpace.read(
        Optional.of(each.path("column")).filter(JsonNode::isString).map(JsonNode::stringValue), each)));
    if (spaces.isEmpty()) {
      throw new JsonException("it has no spaces");
    }
    String expected = json.path("fingerprint").stringValue();
    if (json.path("reference").isString()) {
      Path place = new ModelHub(HubOptions.ofEnvironment()).locate(json.path("reference").stringValue());
      return new FrozenEncoder(open(source, place, options, compute, expected), null, options, spaces);
    }
    if (source instanceof ModelDirectory directory) {
      return new FrozenEncoder(open(source, directory.file(FOLDER), options, compute, expected), null, options,
          spaces);
    }
    Path place = unpack(source.folder(FOLDER));
    try {
      return new FrozenEncoder(open(source, place, options, compute, expected), place, options, spaces);
    } catch (IOException | RuntimeException e) {
      FileTree.delete(place);
      throw e;
    }
  }

  private static CachedEmbedder open(ModelSource source, Path place, EmbedOptions options, ComputeOptions compute,
      String expected) throws IOException {
    var embedder = new CachedEmbedder(place, options, compute, Optional.empty());
    if (!embedder.fingerprint().equals(expected)) {
      embedder.close();
      throw new UserError(
          source.name() + ": the encoder is not the one that it was trained with: put that in its place, "
              + "or train again");
    }
    return embedder;
  }

  /** Weights of any format are opened as files, so those of an archive become some. */
  private static Path unpack(ModelSource encoder) throws IOException {
    Path folder = Files.createTempDirectory("crema-encoder-");
    try {
      for (String name : encoder.files()) {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
          throw new UserError(encoder.name() + " has a file outside of it, " + name);
        }
        Files.createDirectories(file.getParent());
        try (InputStream in = encoder.bytes(name).open()) {
          Files.copy(in, file);
        }
      }
      return folder;
    } catch (IOException | RuntimeException e) {
      FileTree.delete(folder);
      throw e;
    }
  }

  /** Two for each word and each number in the encoder's files, which are most of what it computes. */
  double operations(String text) {
    long words = text.split("\\s+").length;
    long bytes = 0;
    for (Path file : embedder.files().values()) {
      try {
        bytes += Files.size(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return 2.0 * words * bytes / Float.BYTES;
  }

  /** Ends the encoder; one of an archive is deleted where it was unpacked to. */
  @Override
  public void close() {
    try {
      embedder.close();
    } finally {
      deleteUnpacked();
    }
  }

  private void deleteUnpacked() {
    if (unpacked != null) {
      try {
        FileTree.delete(unpacked);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
