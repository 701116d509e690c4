package crema.nn.train;

import crema.base.WholeBuffer;
import crema.base.json.Json;
import crema.base.json.JsonException;
import crema.base.json.JsonNode;
import crema.base.json.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run: one JSON object a line, appended while training.
 *
 * <p>Each line is handed to the operating system whole and at once, so a process that is killed leaves at most its
 * last line unfinished. Readers pass over a last line without a line feed, and {@link #resume} removes it.
 *
 * <pre>{@code
 * {"type":"step","step":1,"epoch":0.01,"loss":2.3,"learning_rate":1.0E-5,"grad_norm":1.7,…,"seconds":0.4}
 * {"type":"validation","step":100,"epoch":1.0,"loss":0.9,"metrics":{"accuracy":0.8,…},"seconds":1.2}
 * {"type":"thresholds","step":100,"epoch":1.0,"metrics":{"micro_auc":0.98,…},"curves":{"threshold":[0.4,…],…}}
 * {"type":"trial","setting":"C","value":1.0,"metrics":{"macro_f1":0.81,…},"chosen":true}
 * }</pre>
 *
 * <p>A number that is not finite is {@code null} and is read as NaN. Lines of other types are passed over, so that
 * a later version may add some.
 */
public final class StepLog implements Closeable {

  /** Longer lines are refused: no record comes near, and memory stays bounded whatever the file holds. */
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final FileChannel channel;

  private StepLog(FileChannel channel) {
    this.channel = channel;
  }

  /** Starts a log, replacing one that is there. */
  public static StepLog create(Path file) throws IOException {
    return new StepLog(
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
  }

  /**
   * Continues a log after {@code lastStep}, the step of the checkpoint that training resumes from. Lines of later
   * steps, which are about to be trained again, and an unfinished last line are removed. A missing file is created.
   */
  public static StepLog resume(Path file, long lastStep) throws IOException {
    var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      long keep = 0;
      for (var line : parse(file)) {
        if (line.record.isPresent() && line.record.get().step() > lastStep) {
          break;
        }
        keep = line.endOffset;
      }
      channel.truncate(keep);
      channel.position(keep);
      return new StepLog(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Appends one line. */
  public void write(LogRecord entry) throws IOException {
    var text = toJson(entry) + "\n";
    var line = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    WholeBuffer.write(channel, line);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /**
   * Reads all finished lines in order.
   *
   * @throws IOException if the file cannot be read, or a finished line is not one of a step log; the message names
   *     file and line
   */
  public static List<LogRecord> read(Path file) throws IOException {
    return parse(file).stream().flatMap(line -> line.record.stream()).toList();
  }

  /** A finished line: its record, unless of an unknown type, and where the next line starts. */
  private record Line(Optional<LogRecord> record, long endOffset) {}

  private static List<Line> parse(Path file) throws IOException {
    var lines = new ArrayList<Line>();
    try (var in = new BufferedInputStream(Files.newInputStream(file))) {
      var text = new ByteArrayOutputStream();
      long offset = 0;
      for (int b = in.read(); b >= 0; b = in.read()) {
        offset++;
        if (b != '\n') {
          if (text.size() == MAX_LINE_BYTES) {
            throw malformed(file, lines.size(), String.format(Locale.ROOT,
                "it is longer than %d bytes", MAX_LINE_BYTES), null);
          }
          text.write(b);
          continue;
        }
        try {
          lines.add(new Line(fromJson(Json.parse(text.toString(StandardCharsets.UTF_8))), offset));
        } catch (JsonException e) {
          throw malformed(file, lines.size(), e.getMessage(), e);
        }
        text.reset();
      }
    }
    return lines;
  }

  private static IOException malformed(
      Path file, int linesBefore, String why, @Nullable Exception cause) {
    return new IOException(String.format(Locale.ROOT,
        "%s, line %d: not a line of a step log: %s", file, linesBefore + 1, why), cause);
  }

  private static ObjectNode toJson(LogRecord entry) {
    var json = new ObjectNode();
    switch (entry) {
      case StepRecord step -> {
        json.put("type", "step").put("step", step.step());
        putFinite(json, "epoch", step.epoch());
        putFinite(json, "loss", step.loss());
        putFinite(json, "learning_rate", step.learningRate());
        putFinite(json, "grad_norm", step.gradNorm());
        putFinite(json, "tokens_per_second", step.tokensPerSecond());
        putFinite(json, "seconds", step.seconds());
      }
      case ValidationRecord validation -> {
        json.put("type", "validation").put("step", validation.step());
        putFinite(json, "epoch", validation.epoch());
        putFinite(json, "loss", validation.loss());
        var metrics = json.putObject("metrics");
        validation.metrics().forEach((key, value) -> putFinite(metrics, key, value));
        putFinite(json, "seconds", validation.seconds());
      }
      case TrialRecord trial -> {
        json.put("type", "trial").put("setting", trial.setting());
        putFinite(json, "value", trial.value());
        var metrics = json.putObject("metrics");
        trial.metrics().forEach((key, value) -> putFinite(metrics, key, value));
        json.put("chosen", trial.isChosen());
      }
      case ThresholdRecord thresholds -> {
        json.put("type", "thresholds").put("step", thresholds.step());
        putFinite(json, "epoch", thresholds.epoch());
        var metrics = json.putObject("metrics");
        thresholds.metrics().forEach((key, value) -> putFinite(metrics, key, value));
        var curves = json.putObject("curves");
        thresholds.curves().forEach((key, values) -> {
          var curve = curves.putArray(key);
          values.forEach(curve::add);
        });
      }
    }
    return json;
  }

  private static void putFinite(ObjectNode json, String key, double value) {
    if (Double.isFinite(value)) {
      json.put(key, value);
    } else {
      json.putNull(key);
    }
  }

  private static Optional<LogRecord> fromJson(JsonNode json) {
    return switch (json.path("type").asString("")) {
      case "step" ->
          Optional.of(
              new StepRecord(
                  json.path("step").asLong(0),
                  number(json, "epoch"),
                  number(json, "loss"),
                  number(json, "learning_rate"),
                  number(json, "grad_norm"),
                  number(json, "tokens_per_second"),
                  number(json, "seconds")));
      case "validation" ->
          Optional.of(
              new ValidationRecord(
                  json.path("step").asLong(0),
                  number(json, "epoch"),
                  number(json, "loss"),
                  metrics(json),
                  number(json, "seconds")));
      case "trial" ->
          Optional.of(
              new TrialRecord(
                  json.path("setting").asString(""),
                  number(json, "value"),
                  metrics(json),
                  json.path("chosen").asBoolean()));
      case "thresholds" -> {
        var curves = new LinkedHashMap<String, List<Double>>();
        for (var curve : json.path("curves").properties()) {
          curves.put(curve.getKey(), curve.getValue().valueStream().map(value -> value.asDouble(Double.NaN)).toList());
        }
        yield Optional.of(
            new ThresholdRecord(json.path("step").asLong(0), number(json, "epoch"), metrics(json), curves));
      }
      default -> Optional.empty();
    };
  }

  private static Map<String, Double> metrics(JsonNode json) {
    var metrics = new LinkedHashMap<String, Double>();
    for (var metric : json.path("metrics").properties()) {
      metrics.put(metric.getKey(), metric.getValue().asDouble(Double.NaN));
    }
    return metrics;
  }

  private static double number(JsonNode json, String key) {
    return json.path(key).asDouble(Double.NaN);
  }
}
