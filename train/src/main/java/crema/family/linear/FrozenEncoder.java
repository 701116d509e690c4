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
import crema.embed.CenteredVectors;
import crema.embed.EmbedListener;
import crema.embed.EmbedOptions;
import crema.embed.PoolingKind;
import crema.embed.Vectors;
import crema.hub.HubOptions;
import crema.hub.ModelHub;
import crema.linear.SparseMatrix;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of texts as dense features: those of an encoder, from which the mean of the training texts is taken, scaled so
 * that they have the length on average that is asked for. The vectors of an encoder have much in common, which tells no
 * label from another.
 *
 * <p>In a model directory: {@code encoder.json}, and the encoder's own files in {@code encoder/} unless they are left
 * where they were.
 */
final class FrozenEncoder implements AutoCloseable {
  static final String DESCRIPTION = "encoder.json";
  static final String FOLDER = "encoder";

  private static final int VERSION = 1;
  private static final int MOST_FEATURES = 1 << 20;

  private final CachedEmbedder embedder;
  /** Where the encoder of an archive was unpacked to, for as long as this is open; null if it lies where it is used. */
  private final @Nullable Path unpacked;
  private final EmbedOptions options;
  private final CenteredVectors centering;

  private FrozenEncoder(CachedEmbedder embedder, @Nullable Path unpacked, EmbedOptions options,
      CenteredVectors centering) {
    this.embedder = embedder;
    this.unpacked = unpacked;
    this.options = options;
    this.centering = centering;
  }

  /**
   * Learns the mean and the scale from the vectors of training texts.
   *
   * @param weight the length that vectors have on average
   */
  static FrozenEncoder fit(CachedEmbedder embedder, EmbedOptions options, Vectors training, double weight) {
    return new FrozenEncoder(embedder, null, options, CenteredVectors.fit(training, weight));
  }

  /** The number of features of a text. */
  int size() {
    return centering.mean().length;
  }

  /** The vectors of texts as the encoder makes them. */
  synchronized Vectors embed(List<String> texts) {
    try {
      return embedder.embed(texts, EmbedListener.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Texts with the features of their vectors after their own. */
  SparseMatrix append(SparseMatrix terms, Vectors vectors) {
    return terms.withDense(size(), centering.apply(vectors));
  }

  /**
   * Writes what predicts alone.
   *
   * @param reference where the encoder is found again; null to carry it along
   */
  void save(ModelDirectory directory, @Nullable String reference) throws IOException {
    var json = new ObjectNode().put("frozen_encoder_version", VERSION).put("fingerprint", embedder.fingerprint())
        .put("reference", reference).put("prompt", options.prompt().orElse(null));
    ArrayNode kinds = json.putArray("pooling");
    options.pooling().forEach(kind -> kinds.add(kind.sentenceName()));
    json.put("max_length", options.maxLength().orElse(0)).put("scale", centering.scale());
    ArrayNode numbers = json.putArray("mean");
    for (float value : centering.mean()) {
      numbers.add(value);
    }
    if (reference == null) {
      for (Map.Entry<String, Path> file : embedder.files().entrySet()) {
        Path target = directory.file(FOLDER).resolve(file.getKey());
        Files.createDirectories(target.toAbsolutePath().getParent());
        AtomicFile.write(target, channel -> {
          try (InputStream in = Files.newInputStream(file.getValue())) {
            in.transferTo(java.nio.channels.Channels.newOutputStream(channel));
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
      if (json.path("frozen_encoder_version").intValue() != VERSION) {
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
    JsonNode numbers = json.path("mean");
    if (numbers.values().isEmpty() || numbers.values().size() > MOST_FEATURES) {
      throw new JsonException("it has no mean");
    }
    var mean = new float[numbers.values().size()];
    int at = 0;
    for (JsonNode number : numbers) {
      mean[at++] = (float) number.doubleValue();
    }
    var centering = new CenteredVectors(mean, (float) json.path("scale").doubleValue());
    String expected = json.path("fingerprint").stringValue();
    if (json.path("reference").isString()) {
      Path place = new ModelHub(HubOptions.ofEnvironment()).locate(json.path("reference").stringValue());
      return new FrozenEncoder(open(source, place, options, compute, expected), null, options, centering);
    }
    if (source instanceof ModelDirectory directory) {
      return new FrozenEncoder(open(source, directory.file(FOLDER), options, compute, expected), null, options,
          centering);
    }
    Path place = unpack(source.folder(FOLDER));
    try {
      return new FrozenEncoder(open(source, place, options, compute, expected), place, options, centering);
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

  /** Ends the encoder; one of an archive is deleted where it was unpacked to. */
  @Override
  public void close() {
    embedder.close();
    if (unpacked != null) {
      try {
        FileTree.delete(unpacked);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
