package crema.hub;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A model in the cache.
 *
 * @param name its name, with the branch or tag that led to it, or the commit if none does
 * @param commit the revision in full
 * @param folder where its files are
 * @param bytes how many bytes its files have
 * @param architecture the {@code model_type} of its {@code config.json}, if it has one
 */
public record CachedModel(ModelName name, String commit, Path folder, long bytes, Optional<String> architecture) {}
