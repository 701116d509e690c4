package crema.cli;

import crema.hub.HubOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where fetched models are. What no flag says, the environment does. */
class CacheFlags {
  @Option(names = "--cache", paramLabel = "DIR",
      description = "The folder of fetched models (default: that of Hugging Face's tools: HF_HUB_CACHE, HF_HOME/hub, or "
          + "~/.cache/huggingface/hub).")
  private @Nullable Path cache;

  /** Which cache, and all else from the environment. */
  HubOptions options() {
    HubOptions options = HubOptions.ofEnvironment();
    return cache == null ? options : options.withCache(cache);
  }
}
