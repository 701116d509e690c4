package crema.classify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Copies a model into a model that it becomes a part of. */
public final class ModelCopy {
  private ModelCopy() {}

  /**
   * Copies what prediction needs of a model, and what says where it comes from; {@code config.json} last, which makes the
   * directory a whole model.
   *
   * @param own where the copy goes
   * @throws crema.base.UserError when there is no whole model
   */
  public static void of(ModelSource source, ModelDirectory own) throws IOException {
    ModelFamily family = ModelFamily.of(source);
    List<String> wanted = Stream.of(family.files(), family.optionalFiles(), List.of(ModelSource.LABELS,
        ModelSource.TARGET, ModelSource.PROVENANCE, ModelSource.TRAINING)).flatMap(List::stream).toList();
    for (String file : source.files()) {
      String top = file.contains("/") ? file.substring(0, file.indexOf('/')) : file;
      if (wanted.contains(top)) {
        copy(source, file, own);
      }
    }
    copy(source, ModelSource.CONFIG, own);
  }

  private static void copy(ModelSource source, String file, ModelDirectory own) throws IOException {
    Path to = own.file(file);
    Files.createDirectories(Optional.ofNullable(to.getParent()).orElseThrow());
    try (InputStream in = source.bytes(file).open()) {
      Files.copy(in, to);
    }
  }
}
