package crema.cli;

import crema.base.ByteSize;
import crema.cli.console.Terminal;
import crema.hub.HubOptions;
import crema.hub.ModelHub;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where pretrained models come from. What no flag says, the environment does. */
final class HubFlags extends CacheFlags {
  @Option(names = "--offline", description = "Take models from the disk and the cache only (also: CREMA_OFFLINE=1).")
  private boolean offline;

  @Option(names = "--hub", paramLabel = "URL",
      description = "The hub that models are fetched from (default: CREMA_HUB, or https://huggingface.co).")
  private @Nullable URI hub;

  @Option(names = "--max-size", paramLabel = "SIZE", converter = Bytes.class, defaultValue = "20GB",
      description = "Models that are larger are not fetched (default: ${DEFAULT-VALUE}).")
  private long maxSize = HubOptions.DEFAULT_MAX_BYTES;

  /** Finds models, and shows on a terminal how downloads go. */
  ModelHub open(Terminal terminal) {
    return new ModelHub(options(), new DownloadView(terminal));
  }

  @Override
  HubOptions options() {
    HubOptions options = super.options().withMaxBytes(maxSize);
    options = hub == null ? options : options.withBase(hub);
    return offline ? options.withOffline(true) : options;
  }

  /** Reads a size: {@code 500MB} or {@code 500m}. */
  static final class Bytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return ByteSize.parse(text, 1_000)
          .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a size, such as 500MB or 20GB"));
    }
  }
}
