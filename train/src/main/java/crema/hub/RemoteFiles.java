package crema.hub;

import crema.base.Sha256;
import crema.base.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of data at addresses, {@code https://host/offers.csv.gz}, which are fetched into the cache once and read from there.
 * What came in before a connection broke off is kept, and the next attempt goes on from there if the file is still the same.
 * With {@code #sha256=HEX} at its end, an address names the one content that is accepted.
 */
public final class RemoteFiles {
  private static final Pattern ADDRESS = Pattern.compile("(https?):/{1,2}([^/].*)", Pattern.DOTALL);
  private static final Pattern CHECKSUM = Pattern.compile("(?i)(.*)#sha256=([0-9a-f]{64})");
  /** Behind this, a part of an archive or a workbook is named. */
  private static final String PART = "!/";
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_NAME = 100;

  private final HubOptions options;
  private final HubListener listener;

  /** What fetches with some options, and tells how it goes. */
  public RemoteFiles(HubOptions options, HubListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /** Whether a name is an address. */
  public static boolean isAddress(String name) {
    return ADDRESS.matcher(name).matches();
  }

  /**
   * The name of a file on disk: of one at an address, that of its copy in the cache, where it is fetched if need be; others
   * stay as they are.
   *
   * @throws UserError when it cannot be fetched, in one line
   */
  public String local(String name) throws IOException {
    Matcher address = ADDRESS.matcher(name);
    if (!address.matches()) {
      return name;
    }
    // A path has a single slash where an address has two.
    String whole = address.group(1) + "://" + address.group(2);
    int part = whole.indexOf(PART);
    String file = part < 0 ? whole : whole.substring(0, part);
    Matcher checksum = CHECKSUM.matcher(file);
    boolean isChecked = checksum.matches();
    Path place = fetch(isChecked ? checksum.group(1) : file,
        isChecked ? checksum.group(2).toLowerCase(Locale.ROOT) : "");
    return place + (part < 0 ? "" : whole.substring(part));
  }

  private Path fetch(String address, String checksum) throws IOException {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw new UserError("'" + address + "' is no address: " + e.getReason(), e);
    }
    if (uri.getHost() == null) {
      throw new UserError("'" + address + "' names no host");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1).replaceAll("[^\\p{L}\\p{N}._-]", "_");
    name = name.isBlank() || name.startsWith(".") ? "file" + name
        : name.substring(Math.max(0, name.length() - LONGEST_NAME));
    String key = new Sha256().add(address.getBytes(StandardCharsets.UTF_8)).hex();
    Path folder = options.cache().resolve("crema-data").resolve(key.substring(0, 32));
    Path place = folder.resolve(name);
    if (!Files.exists(place)) {
      if (options.offline()) {
        throw new UserError(address + " is not in the cache " + options.cache() + ", and without a network it is not "
            + "fetched");
      }
      Files.createDirectories(folder);
      listener.startedFile(address);
      Path partial = folder.resolve(name + ".crema-incomplete");
      try {
        complete(uri, partial);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("the download of " + address + " was interrupted; it goes on next time");
      } catch (NetworkFailure e) {
        throw new UserError(e.getMessage() + ": " + address + " is not whole; what came in is kept, so run it again",
            e);
      }
      require(partial, address, checksum);
      Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      require(place, address, checksum);
    }
    return place;
  }

  /** Deletes what is not the content that is asked for. */
  private static void require(Path file, String address, String checksum) throws IOException {
    if (checksum.isEmpty()) {
      return;
    }
    String actual;
    try (InputStream bytes = Files.newInputStream(file)) {
      actual = new Sha256().add(bytes).hex();
    }
    if (!actual.equals(checksum)) {
      Files.delete(file);
      throw new UserError(address + " is not the file that is asked for: its SHA-256 is " + actual + ", not "
          + checksum);
    }
  }

  private void complete(URI uri, Path partial) throws IOException, InterruptedException {
    var patience = new Patience(options.pause(), listener);
    Path version = partial.resolveSibling(partial.getFileName() + ".version");
    try (HttpClient http = HttpClient.newBuilder().connectTimeout(options.connectTimeout())
        .followRedirects(HttpClient.Redirect.NORMAL).build();
        var channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (true) {
        try {
          append(http, uri, channel, version, patience);
          channel.force(true);
          Files.deleteIfExists(version);
          return;
        } catch (IOException e) {
          patience.failed(described(uri, e));
        }
      }
    }
  }

  private void append(HttpClient http, URI uri, FileChannel channel, Path version, Patience patience)
      throws IOException, InterruptedException {
    String known = Files.exists(version) ? Files.readString(version) : "";
    long from = known.isEmpty() ? 0 : channel.size();
    var request = HttpRequest.newBuilder(uri).timeout(options.connectTimeout().multipliedBy(3))
        .header("User-Agent", "crema");
    if (from > 0) {
      // Sent as a part only if the file is still that of the first attempt.
      request.header("Range", "bytes=" + from + "-").header("If-Range", known);
    }
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    try (var guard = new StallGuard(response.body(), options.stallTimeout())) {
      int status = response.statusCode();
      if (status == 429 || status >= 500) {
        throw new NetworkFailure(uri.getHost() + " failed with status " + status, (Duration) null);
      }
      if (status == 416) {
        channel.truncate(0);
        Files.deleteIfExists(version);
        throw new IOException("it has no more than came in");
      }
      if (status != 200 && status != 206) {
        throw new UserError(uri.getHost() + " does not hand out " + uri + " (" + status + "): check the address");
      }
      long begin = status == 206 ? from : 0;
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      long total = length < 0 ? -1 : begin + length;
      requireRoom(uri, total);
      channel.truncate(begin);
      channel.position(begin);
      String tag = response.headers().firstValue("ETag").filter(each -> !each.startsWith("W/")).orElse("");
      Files.writeString(version, tag);
      var buffer = new byte[BUFFER];
      long done = begin;
      for (int n = guard.read(buffer); n >= 0; n = guard.read(buffer)) {
        for (ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n); bytes.hasRemaining();) {
          channel.write(bytes);
        }
        done += n;
        requireRoom(uri, done);
        patience.reached(done);
        if (total >= 0) {
          listener.progress(done, total);
        }
      }
      if (total >= 0 && done < total) {
        throw new IOException(done + " of " + total + " bytes came in");
      }
    }
  }

  private void requireRoom(URI uri, long bytes) {
    if (bytes > options.maxBytes()) {
      throw new UserError(String.format(Locale.ROOT, "%s has more than the limit of %,d bytes", uri,
          options.maxBytes()));
    }
  }

  private static NetworkFailure described(URI uri, IOException e) {
    return HubClient.described(uri.getRawAuthority(), e);
  }
}
