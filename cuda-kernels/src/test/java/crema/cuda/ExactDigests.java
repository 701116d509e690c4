package crema.cuda;

import crema.autograd.op.Output;
import crema.base.json.Json;
import crema.cuda.KernelTable.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Digests of what the emulator gives for the rows of the catalog that every device must compute to the very same bits.
 *
 * <p>PTX fixes the arithmetic of most kernels: additions, products and fused products round as IEEE 754 says, and {@code
 * -fmad=false} leaves nothing for the assembler to contract. Not fixed are approximations ({@code ex2.approx}, {@code
 * rcp.approx}, {@code div.full}) and products on tensor cores, whose order of addition is the device's own. So a row is
 * exact if none of the kernels that it launches has such an instruction.
 */
final class ExactDigests {
  private static final String RESOURCE = "exact-digests.json";
  private static final Pattern ENTRY = Pattern.compile("(?m)^\\.visible \\.entry (\\w+)\\(");
  private static final Pattern LEFT_TO_THE_DEVICE = Pattern.compile("\\.approx|\\.full\\.|\\bw?g?mma\\b");

  private ExactDigests() {}

  /** The digests that are checked in, by the names of {@link CatalogRun}. */
  static SortedMap<String, String> load() {
    var digests = new TreeMap<String, String>();
    Json.parse(resource(RESOURCE)).properties().forEach(row -> digests.put(row.getKey(), row.getValue().stringValue()));
    return digests;
  }

  /** Writes digests as {@link #load} reads them. */
  static void write(Path folder, SortedMap<String, String> digests) throws IOException {
    String rows = digests.entrySet().stream()
        .map(row -> "  " + Json.quote(row.getKey()) + ": " + Json.quote(row.getValue()))
        .collect(Collectors.joining(",\n", "{\n", "\n}\n"));
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(RESOURCE), rows);
  }

  /** One for all outputs of a row. */
  static String of(List<Output> outputs) {
    return String.format("%016x", outputs.stream().mapToLong(Output::digest).reduce(1, (all, one) -> all * 31 + one));
  }

  /** The kernels whose results are fixed by their PTX. */
  static Set<String> kernels() {
    var exact = new HashMap<String, Boolean>();
    for (String file : KernelTable.load().rows().stream().map(ExactDigests::file).collect(Collectors.toSet())) {
      String text = resource(file);
      Matcher entry = ENTRY.matcher(text);
      boolean found = entry.find();
      while (found) {
        String name = entry.group(1);
        int from = entry.end();
        found = entry.find();
        String body = text.substring(from, found ? entry.start() : text.length());
        exact.merge(name, !LEFT_TO_THE_DEVICE.matcher(body).find(), Boolean::logicalAnd);
      }
    }
    return exact.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static String file(Row row) {
    return row.file() + "." + row.target() + ".ptx";
  }

  private static String resource(String name) {
    try (InputStream in = ExactDigests.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name + " beside " + ExactDigests.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
