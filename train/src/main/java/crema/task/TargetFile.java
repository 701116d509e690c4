package crema.task;

import crema.base.ByteSource;
import crema.base.Keyed;
import crema.base.UserError;
import crema.data.LabelSet;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code target.json}: how a model's scores become labels. */
public final class TargetFile {
  private static final int FORMAT = 1;

  private TargetFile() {}

  /** Writes what a model predicts; its labels are in a file of their own. */
  public static void write(Target target, Path file) throws IOException {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("format", FORMAT);
    json.put("target", target.kind().key());
    json.put("multi", target instanceof MultiLabelTarget labels ? thresholds(labels) : null);
    json.put("taxonomy", target instanceof TaxonomyTarget paths ? decoding(paths) : null);
    JsonFile.write(file, json);
  }

  private static Map<String, Object> thresholds(MultiLabelTarget target) {
    var thresholds = new ArrayList<Map<String, Object>>();
    for (int label = 0; label < target.labels().size(); label++) {
      var threshold = new LinkedHashMap<String, Object>();
      threshold.put("label", target.labels().name(label));
      threshold.put("threshold", decimal(target.thresholds().value(label)));
      thresholds.add(threshold);
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("at_least_one", target.thresholds().isAtLeastOne());
    json.put("thresholds", thresholds);
    return json;
  }

  /** The double whose decimal is as short as the float's. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static Map<String, Object> decoding(TaxonomyTarget target) {
    var json = new LinkedHashMap<String, Object>();
    json.put("separator", target.separator());
    json.put("scoring", target.link().name());
    json.put("decoding", DecodingKind.of(target.decoding()).key());
    json.put("node_threshold", switch (target.decoding()) {
      case Decoding.TopDown(double threshold) -> threshold;
      case Decoding.Consistent(double threshold, boolean _) -> threshold;
      case Decoding.Argmax _ -> 0.0;
      case Decoding.BestPath _ -> 0.0;
    });
    json.put("at_least_one",
        target.decoding() instanceof Decoding.Consistent(double _, boolean atLeastOne) && atLeastOne);
    return json;
  }

  /**
   * Reads what a model predicts.
   *
   * @param file {@code target.json}
   * @param labelFile {@code labels.json} of the same model
   * @throws UserError when a file is damaged, of a newer version, or of another model
   */
  public static Target read(ByteSource file, ByteSource labelFile) throws IOException {
    LabelSet labels = LabelSet.load(labelFile);
    var json = new Values(file.name(), JsonFile.read(file));
    if (json.get("format", Integer.class) > FORMAT) {
      throw new UserError(file + " was written by a newer version of Crema (format " + json.values.get("format")
          + "; this one reads up to " + FORMAT + "): update Crema");
    }
    return switch (Keyed.find(TargetKind.class, json.get("target", String.class), "target")) {
      case SINGLE -> new SingleLabelTarget(labels);
      case MULTI -> new MultiLabelTarget(labels, thresholds(json.object("multi"), labels));
      case TAXONOMY -> taxonomy(json.object("taxonomy"), labels, labelFile);
    };
  }

  private static Thresholds thresholds(Values json, LabelSet labels) {
    var names = new ArrayList<String>();
    var values = new ArrayList<Float>();
    for (Values threshold : json.objects("thresholds")) {
      names.add(threshold.get("label", String.class));
      values.add(threshold.get("threshold", Number.class).floatValue());
    }
    if (!names.equals(labels.names())) {
      throw new UserError(json.name + " has thresholds for other labels than labels.json: "
          + firstDifference(names, labels) + ". The files are of different models");
    }
    var array = new float[values.size()];
    IntStream.range(0, array.length).forEach(i -> array[i] = values.get(i));
    var each = Thresholds.perLabel(array);
    return json.get("at_least_one", Boolean.class) ? each.withAtLeastOne() : each;
  }

  private static String firstDifference(List<String> names, LabelSet labels) {
    if (names.size() != labels.size()) {
      return names.size() + " thresholds for " + labels.size() + " labels";
    }
    int different = IntStream.range(0, names.size())
        .filter(i -> !names.get(i).equals(labels.name(i))).findFirst().orElseThrow();
    return "number " + (different + 1) + " is '" + names.get(different) + "', not '" + labels.name(different) + "'";
  }

  private static Target taxonomy(Values json, LabelSet labels, ByteSource labelFile) {
    String separator = json.get("separator", String.class);
    Decoding decoding = Keyed.find(DecodingKind.class, json.get("decoding", String.class), "decoding")
        .of(json.get("node_threshold", Number.class).doubleValue(), json.get("at_least_one", Boolean.class));
    var paths = TaxonomyTarget.ofNodes(labels, separator, scoring(json), decoding);
    if (!IntStream.range(0, paths.taxonomy().size()).mapToObj(paths.taxonomy()::name).toList()
        .equals(labels.names())) {
      throw new UserError(labelFile + " does not hold the nodes of a taxonomy whose paths are "
          + "separated by '" + separator + "', as " + json.name + " says");
    }
    return paths;
  }

  private static Link scoring(Values json) {
    String name = json.get("scoring", String.class);
    try {
      return Link.valueOf(name);
    } catch (IllegalArgumentException e) {
      throw JsonFile.damaged(json.name, "there is no scoring " + name, e);
    }
  }

  /** An object of the file. */
  private record Values(String name, Map<?, ?> values) {
    <T> T get(String key, Class<T> type) {
      if (!type.isInstance(values.get(key))) {
        throw JsonFile.damaged(name, "it has no " + key
            + (values.get(key) == null ? "" : " that is a " + type.getSimpleName().toLowerCase(Locale.ROOT)), null);
      }
      return type.cast(values.get(key));
    }

    Values object(String key) {
      return new Values(name, get(key, Map.class));
    }

    List<Values> objects(String key) {
      var objects = new ArrayList<Values>();
      for (Object each : get(key, List.class)) {
        objects.add(new Values(name, each instanceof Map<?, ?> map ? map : Map.of()));
      }
      return objects;
    }
  }
}
