package crema.hub;

import crema.base.UserError;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks a hub over HTTP. Redirects are followed here, so that the token goes to the hub alone and never from HTTPS to HTTP.
 */
final class HubClient implements AutoCloseable {
  private static final int MAX_REDIRECTS = 8;

  /** The list of the files of a model; what is longer is none. */
  private static final int MAX_LIST = 32 << 20;

  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int WAITS_FOR_ANSWER = 3;

  private final HubOptions options;
  private final HubListener listener;
  private final HttpClient http;

  HubClient(HubOptions options, HubListener listener) {
    this.options = options;
    this.listener = listener;
    http = HttpClient.newBuilder().connectTimeout(options.connectTimeout())
        .followRedirects(HttpClient.Redirect.NEVER).build();
  }

  /**
   * A part of a file that is on its way.
   *
   * @param bytes to be closed
   * @param from the place in the file of the first byte
   */
  record Body(InputStream bytes, long from) {}

  /** What a hub answered, with the headers of the answers before it that redirected. */
  private record Answer(HttpResponse<InputStream> response, List<HttpResponse<InputStream>> redirects)
      implements AutoCloseable {
    int status() {
      return response.statusCode();
    }

    /** A header of the first answer that has it. */
    Optional<String> header(String name) {
      return Stream.concat(redirects.stream(), Stream.of(response))
          .flatMap(each -> each.headers().firstValue(name).stream()).findFirst();
    }

    Optional<String> lastHeader(String name) {
      return response.headers().firstValue(name);
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  /** What the hub has of a model. */
  HubModel model(ModelName name) throws IOException, InterruptedException {
    URI address = URI.create(options.base() + "/api/models/" + name.id() + "/revision/"
        + URLEncoder.encode(name.revision(), StandardCharsets.UTF_8) + "?blobs=true");
    var patience = new Patience(options.pause(), listener);
    while (true) {
      try (Answer answer = send("GET", address, 0); var guard = new StallGuard(answer.response.body(),
          options.stallTimeout())) {
        requireOk(answer, name, "");
        return read(guard.readAll(MAX_LIST), answer);
      } catch (IOException e) {
        patience.failed(described(e));
      }
    }
  }

  private HubModel read(byte[] text, Answer answer) {
    try {
      JsonNode json = Json.parse(new ByteArrayInputStream(text));
      String commit = json.path("sha").asString("");
      if (!HubCache.isCommit(commit) || !json.path("siblings").isArray()) {
        throw new UserError(garbage(answer, "the list of a model's files"));
      }
      var files = new ArrayList<HubFile>();
      for (JsonNode file : json.path("siblings")) {
        String path = file.path("rfilename").asString("");
        if (HubFile.isSafe(path)) {
          JsonNode large = file.path("lfs");
          files.add(new HubFile(path, large.path("size").asLong(file.path("size").asLong(-1)),
              Checksum.find(large.path("sha256").asString(file.path("blobId").asString("")))));
        }
      }
      return new HubModel(commit, files);
    } catch (JsonException | IOException e) {
      throw new UserError(garbage(answer, "JSON"), e);
    }
  }

  private String garbage(Answer answer, String expected) {
    return host() + " answered with something else than " + expected + " ("
        + answer.lastHeader("Content-Type").orElse("of no type")
        + "): it is no hub, or a proxy or a login page answered "
        + "in its place; see " + HubOptions.HUB_VARIABLE;
  }

  /** A file with its size and its checksum, for which the hub is asked if its list did not have them. */
  HubFile complete(ModelName name, String commit, HubFile file) throws IOException, InterruptedException {
    if (file.size() >= 0 && file.checksum().isPresent()) {
      return file;
    }
    var patience = new Patience(options.pause(), listener);
    while (true) {
      try (Answer answer = send("HEAD", address(name, commit, file), 0)) {
        requireOk(answer, name, file.path());
        Optional<Checksum> checksum =
            file.checksum().or(() -> answer.header("X-Linked-Etag").or(() -> answer.header("ETag"))
                .flatMap(Checksum::find));
        long size = file.size() >= 0 ? file.size()
            : number(answer.header("X-Linked-Size").or(() -> answer.lastHeader("Content-Length")));
        if (checksum.isEmpty() || size < 0) {
          throw new UserError(host() + " tells neither with the list nor with " + file.path() + " of " + name
              + " how long that is and what checksum it has: it could not be verified");
        }
        return new HubFile(file.path(), size, checksum);
      } catch (IOException e) {
        patience.failed(described(e));
      }
    }
  }

  /**
   * Begins to fetch a file.
   *
   * @param from how many of its bytes are there already
   * @throws NetworkFailure when the hub asks to come back later
   */
  Body open(ModelName name, String commit, HubFile file, long from) throws IOException, InterruptedException {
    Answer answer = send("GET", address(name, commit, file), from);
    try {
      boolean isPart = answer.status() == 206;
      if (!isPart) {
        requireOk(answer, name, file.path());
      }
      long begin = isPart ? from : 0;
      if (isPart && !answer.lastHeader("Content-Range").orElse("").startsWith("bytes " + from + "-")) {
        throw new UserError(host() + " sent another part of " + file.path() + " than was asked for");
      }
      long length = number(answer.lastHeader("Content-Length"));
      if (length >= 0 && length != file.size() - begin) {
        throw new UserError(String.format(Locale.ROOT,
            "%s sent something else than %s of %s (%s, %,d bytes where %,d should be): a proxy or a login page may have "
                + "answered in its place",
            host(), file.path(), name, answer.lastHeader("Content-Type").orElse("of no type"), length,
            file.size() - begin));
      }
      return new Body(answer.response.body(), begin);
    } catch (IOException | RuntimeException e) {
      answer.close();
      throw e;
    }
  }

  private URI address(ModelName name, String commit, HubFile file) {
    try {
      String path =
          new URI(null, null, "/" + name.id() + "/resolve/" + commit + "/" + file.path(), null).toASCIIString();
      return URI.create(options.base() + path);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(file.path() + " is no path", e);
    }
  }

  private static long number(Optional<String> header) {
    try {
      return header.map(Long::parseLong).filter(value -> value >= 0).orElse(-1L);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Sends a request and follows redirects. */
  private Answer send(String method, URI first, long from) throws IOException, InterruptedException {
    var redirects = new ArrayList<HttpResponse<InputStream>>();
    URI at = first;
    while (true) {
      var request = HttpRequest.newBuilder(at).method(method, HttpRequest.BodyPublishers.noBody())
          .timeout(options.connectTimeout().multipliedBy(WAITS_FOR_ANSWER)).header("User-Agent", "crema");
      if (from > 0) {
        request.header("Range", "bytes=" + from + "-");
      }
      if (options.token() != null && mayHaveToken(at)) {
        request.header("Authorization", "Bearer " + options.token());
      }
      HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
      Optional<String> location = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        return new Answer(response, redirects);
      }
      response.body().close();
      redirects.add(response);
      if (redirects.size() > MAX_REDIRECTS) {
        throw new UserError(host() + " redirects more than " + MAX_REDIRECTS + " times, from " + first);
      }
      at = redirected(at, location.get());
    }
  }

  private URI redirected(URI from, String location) {
    URI to;
    try {
      to = from.resolve(new URI(location));
    } catch (URISyntaxException e) {
      throw new UserError(host() + " redirects to '" + location + "', which is no address", e);
    }
    boolean isHttps = "https".equals(to.getScheme());
    if (to.getHost() == null || !isHttps && !("http".equals(to.getScheme()) && "http".equals(from.getScheme()))) {
      throw new UserError(host() + " redirects to " + to + ", which is not over HTTPS: it is not followed");
    }
    return to;
  }

  /** Whether an address is the hub's own, and nobody on the way reads what is sent there. */
  private boolean mayHaveToken(URI at) {
    URI base = options.base();
    return Objects.equals(at.getScheme(), base.getScheme()) && at.getHost().equals(base.getHost())
        && at.getPort() == base.getPort() && ("https".equals(at.getScheme()) || LOOPBACK.contains(at.getHost()));
  }

  private void requireOk(Answer answer, ModelName name, String file) throws IOException {
    int status = answer.status();
    if (status == 200) {
      return;
    }
    String what = file.isEmpty() ? name.toString() : file + " of " + name;
    if (status == 429 || status >= 500) {
      Optional<Duration> wait = answer.lastHeader("Retry-After").flatMap(HubClient::pause);
      throw new NetworkFailure(host() + (status == 429
          ? " answers no more requests for now (429)" + wait.map(time -> ": it asks to wait " + time.toSeconds() + " s")
              .orElse("") + (options.token() == null ? "; it answers more with " + HubOptions.TOKEN_VARIABLE : "")
          : " failed with status " + status), wait.orElse(null));
    }
    throw new UserError(switch (status) {
      case 401 -> options.token() == null
          ? host() + " does not have " + what + ", or not for everyone (401): check the name, or set "
              + HubOptions.TOKEN_VARIABLE
          : host() + " does not accept the token in " + HubOptions.TOKEN_VARIABLE + " for " + what + " (401)";
      case 403 -> host() + " does not hand out " + what + " (403): accept its terms at " + options.base() + "/"
          + name.id() + ", and set " + HubOptions.TOKEN_VARIABLE;
      case 404 -> answer.header("X-Error-Code").orElse("").equals("RevisionNotFound")
          ? host() + " has no revision '" + name.revision() + "' of " + name.id() + " (404)"
          : host() + " has no " + what + " (404): check the name";
      default -> host() + " answered with status " + status + " when asked for " + what;
    });
  }

  /** What {@code Retry-After} says: seconds, or a date. */
  private static Optional<Duration> pause(String header) {
    try {
      return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(header.strip()))));
    } catch (NumberFormatException e) {
      try {
        Instant until = ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
        Duration left = Duration.between(Instant.now(), until);
        return Optional.of(left.isNegative() ? Duration.ZERO : left);
      } catch (DateTimeException noDate) {
        return Optional.empty();
      }
    }
  }

  /** The hub's name, for messages. */
  String host() {
    return options.base().getRawAuthority();
  }

  /** A failure of the network in words. */
  NetworkFailure described(IOException e) {
    return described(host(), e);
  }

  /** A failure of the network in words, on the way to a host. */
  static NetworkFailure described(String host, IOException e) {
    if (e instanceof NetworkFailure failure) {
      return failure;
    }
    String what;
    if (Patience.isUnreachable(e)) {
      what = host + " cannot be reached";
    } else if (e instanceof HttpTimeoutException) {
      what = host + " does not answer";
    } else if (e instanceof SSLException) {
      what = host + " cannot be trusted: " + e.getMessage();
    } else {
      what = "the connection to " + host + " broke off" + detail(e.getMessage());
    }
    return new NetworkFailure(what, e);
  }

  private static String detail(@Nullable String message) {
    return message == null || message.isBlank() ? "" : " (" + message.lines().findFirst().orElse("") + ")";
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
