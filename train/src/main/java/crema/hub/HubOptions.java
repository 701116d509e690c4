package crema.hub;

import crema.base.UserError;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which hub and which cache, and how patiently.
 *
 * @param base the address of the hub, over HTTPS; over HTTP no token is sent except to this machine
 * @param cache the folder of the cache, in Hugging Face's layout
 * @param token what the hub knows the user by, if there is one
 * @param offline whether the network is never tried
 * @param maxBytes models of more bytes are not fetched
 * @param connectTimeout how long to wait for a connection, and for the first byte of an answer three times that
 * @param stallTimeout how long a download may stand still
 * @param pause the wait before the first repetition of what failed; it doubles each time
 */
public record HubOptions(URI base, Path cache, @Nullable String token, boolean offline, long maxBytes,
    Duration connectTimeout, Duration stallTimeout, Duration pause) {
  /** What names the base of another hub. */
  public static final String HUB_VARIABLE = "CREMA_HUB";

  /** What holds the token. */
  public static final String TOKEN_VARIABLE = "HF_TOKEN";

  /** What forbids the network. */
  public static final String OFFLINE_VARIABLE = "CREMA_OFFLINE";

  /** The largest model that is fetched where nothing else is said: 20 GB. */
  public static final long DEFAULT_MAX_BYTES = 20_000_000_000L;

  private static final Set<String> YES = Set.of("1", "true", "yes", "on");

  /** Checks the address. */
  public HubOptions {
    if (base.getHost() == null || !("https".equals(base.getScheme()) || "http".equals(base.getScheme()))) {
      throw new UserError(
          "the hub's address '" + base + "' should be like https://huggingface.co (" + HUB_VARIABLE + ")");
    }
    if (maxBytes < 1) {
      throw new UserError("a model's size must be limited to at least 1 byte, not " + maxBytes);
    }
  }

  /** What the environment says. */
  public static HubOptions ofEnvironment() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /**
   * What variables say: {@code CREMA_HUB} or {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code CREMA_OFFLINE} or
   * {@code HF_HUB_OFFLINE}, and for the cache {@code HF_HUB_CACHE}, {@code HF_HOME} or {@code XDG_CACHE_HOME}, as
   * Hugging Face's tools read them.
   *
   * @param home the user's folder
   * @throws UserError when the hub's address is none
   */
  public static HubOptions of(Map<String, String> variables, Path home) {
    String base = first(variables, HUB_VARIABLE, "HF_ENDPOINT");
    String offline = first(variables, OFFLINE_VARIABLE, "HF_HUB_OFFLINE");
    return new HubOptions(uri(base == null ? "https://huggingface.co" : base), cache(variables, home),
        first(variables, TOKEN_VARIABLE), offline != null && YES.contains(offline.toLowerCase(Locale.ROOT)),
        DEFAULT_MAX_BYTES, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(1));
  }

  private static URI uri(String text) {
    try {
      return new URI(text.replaceFirst("/+$", ""));
    } catch (URISyntaxException e) {
      throw new UserError(
          "the hub's address '" + text + "' should be like https://huggingface.co (" + HUB_VARIABLE + ")",
          e);
    }
  }

  private static Path cache(Map<String, String> variables, Path home) {
    String named = first(variables, "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE");
    if (named != null) {
      return expanded(named, home);
    }
    String huggingFace = first(variables, "HF_HOME");
    if (huggingFace != null) {
      return expanded(huggingFace, home).resolve("hub");
    }
    String caches = first(variables, "XDG_CACHE_HOME");
    return (caches == null ? home.resolve(".cache") : expanded(caches, home)).resolve("huggingface").resolve("hub");
  }

  private static Path expanded(String path, Path home) {
    return path.equals("~") || path.startsWith("~/") ? home.resolve(path.substring(Math.min(2, path.length())))
        : Path.of(path);
  }

  private static @Nullable String first(Map<String, String> variables, String... names) {
    for (String name : names) {
      String value = variables.get(name);
      if (value != null && !value.isBlank()) {
        return value.strip();
      }
    }
    return null;
  }

  /** The same without or with the network. */
  public HubOptions withOffline(boolean flag) {
    return new HubOptions(base, cache, token, flag, maxBytes, connectTimeout, stallTimeout, pause);
  }

  /** The same with another hub. */
  public HubOptions withBase(URI address) {
    return new HubOptions(address, cache, token, offline, maxBytes, connectTimeout, stallTimeout, pause);
  }

  /** The same with another cache. */
  public HubOptions withCache(Path folder) {
    return new HubOptions(base, folder, token, offline, maxBytes, connectTimeout, stallTimeout, pause);
  }

  /** The same with another limit of a model's size. */
  public HubOptions withMaxBytes(long bytes) {
    return new HubOptions(base, cache, token, offline, bytes, connectTimeout, stallTimeout, pause);
  }

  /** The same with other waits. */
  HubOptions withTimes(Duration connect, Duration stall, Duration firstPause) {
    return new HubOptions(base, cache, token, offline, maxBytes, connect, stall, firstPause);
  }

  /** The options without the token. */
  @Override
  public String toString() {
    return "HubOptions[" + base + ", " + cache + (offline ? ", offline" : "") + "]";
  }
}
