package crema.task;

import crema.base.ByteSource;
import crema.base.Keyed;
import crema.base.UserError;
import crema.data.LabelSet;
import crema.metrics.ConfidenceCurve;
import crema.metrics.HeldOutAnswers;
import crema.metrics.LabelOffsets;
import crema.metrics.Thresholds;
import crema.nn.loss.Link;
import crema.settings.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code target.json}: how a model's scores become labels. */
public final class TargetFile {
  private static final int FORMAT = 2;
  /** The format of models whose probabilities are as their scores have them. */
  private static final int WITHOUT_TRUST = 1;

  private TargetFile() {}

  /** Writes what a model predicts; its labels are in a file of their own. */
  public static void write(Target target, Path file) throws IOException {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("format", target.trust().isNone() ? WITHOUT_TRUST : FORMAT);
    json.put("target", target.kind().key());
    if (target instanceof SingleLabelTarget labels && !labels.offsets().isNone()) {
      json.put("single", Map.of("offsets", values("offset", labels.labels(), labels.offsets()::value)));
    }
    json.put("multi", target instanceof MultiLabelTarget labels ? thresholds(labels) : null);
    json.put("taxonomy", target instanceof TaxonomyTarget paths ? decoding(paths) : null);
    putTrust(json, target.trust());
    JsonFile.write(file, json);
  }

  private static void putTrust(Map<String, @Nullable Object> json, Trust trust) {
    if (!trust.confidence().isNone()) {
      json.put("confidence", confidence(trust.confidence()));
    }
    trust.guarantee().ifPresent(guarantee -> json.put("guarantee", switch (guarantee) {
      case Guarantee.Precision(double share) -> Map.of("precision", share);
      case Guarantee.Coverage(double share) -> Map.of("coverage", share);
    }));
    HeldOutAnswers answers = trust.heldOut();
    if (!answers.isEmpty()) {
      var heldOut = new LinkedHashMap<String, Object>();
      heldOut.put("of_truth",
          IntStream.range(0, answers.rows()).mapToObj(row -> decimal(answers.ofTruth(row))).toList());
      heldOut.put("row", IntStream.range(0, answers.size()).mapToObj(answers::row).toList());
      heldOut.put("label", IntStream.range(0, answers.size()).mapToObj(answers::label).toList());
      heldOut.put("confidence",
          IntStream.range(0, answers.size()).mapToObj(each -> decimal(answers.confidence(each))).toList());
      heldOut.put("wrong", IntStream.range(0, answers.size()).filter(each -> !answers.isRight(each)).boxed().toList());
      json.put("held_out", heldOut);
    }
  }

  /** What calibrates probabilities, as JSON has it. */
  public static Map<String, Object> confidence(ConfidenceCurve curve) {
    var json = new LinkedHashMap<String, Object>();
    json.put("method", curve.method());
    json.put("temperature", curve.temperature());
    json.put("from", list(curve.from()));
    json.put("to", list(curve.to()));
    return json;
  }

  private static List<Double> list(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static Map<String, Object> thresholds(MultiLabelTarget target) {
    var json = new LinkedHashMap<String, Object>();
    json.put("at_least_one", target.thresholds().isAtLeastOne());
    json.put("thresholds", values("threshold", target.labels(), target.thresholds()::value));
    return json;
  }

  /** A value of each label, beside the label's name. */
  private static List<Map<String, Object>> values(String key, LabelSet labels, IntFunction<Float> value) {
    var all = new ArrayList<Map<String, Object>>();
    for (int label = 0; label < labels.size(); label++) {
      var each = new LinkedHashMap<String, Object>();
      each.put("label", labels.name(label));
      each.put(key, decimal(value.apply(label)));
      all.add(each);
    }
    return all;
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
    Target target = target(json, labels, labelFile);
    return target.with(trust(json, labels));
  }

  private static Trust trust(Values json, LabelSet labels) {
    Trust trust = json.values.get("confidence") == null ? Trust.NONE : Trust.of(confidence(json.object("confidence")));
    if (json.values.get("held_out") != null) {
      trust = trust.with(heldOut(json.object("held_out"), labels));
    }
    return json.values.get("guarantee") == null ? trust : trust.with(guarantee(json.object("guarantee")));
  }

  private static Guarantee guarantee(Values json) {
    try {
      return json.values.get("precision") == null
          ? new Guarantee.Coverage(json.get("coverage", Number.class).doubleValue())
          : new Guarantee.Precision(json.get("precision", Number.class).doubleValue());
    } catch (IllegalArgumentException e) {
      throw JsonFile.damaged(json.name, String.valueOf(e.getMessage()), e);
    }
  }

  private static HeldOutAnswers heldOut(Values json, LabelSet labels) {
    double[] ofTruth = json.numbers("of_truth");
    double[] rows = json.numbers("row");
    double[] ofAnswers = json.numbers("label");
    double[] confidences = json.numbers("confidence");
    var wrong = new BitSet();
    for (double each : json.numbers("wrong")) {
      wrong.set((int) Math.clamp(each, 0, rows.length));
    }
    if (ofAnswers.length != rows.length || confidences.length != rows.length) {
      throw JsonFile.damaged(json.name, "held_out has other numbers of rows, labels and confidences", null);
    }
    var builder = new HeldOutAnswers.Builder();
    int answer = 0;
    for (int row = 0; row < ofTruth.length; row++) {
      builder.row((float) ofTruth[row]);
      while (answer < rows.length && rows[answer] == row) {
        if (!(ofAnswers[answer] >= 0 && ofAnswers[answer] < labels.size())) {
          throw JsonFile.damaged(json.name, "held_out has a label that the model does not know", null);
        }
        builder.answer((int) ofAnswers[answer], (float) confidences[answer], !wrong.get(answer));
        answer++;
      }
    }
    if (answer < rows.length) {
      throw JsonFile.damaged(json.name, "held_out has answers of rows that are not there", null);
    }
    return builder.build();
  }

  private static ConfidenceCurve confidence(Values json) {
    try {
      return ConfidenceCurve.of(json.get("method", String.class), json.get("temperature", Number.class).doubleValue(),
          json.numbers("from"), json.numbers("to"));
    } catch (IllegalArgumentException e) {
      throw JsonFile.damaged(json.name, String.valueOf(e.getMessage()), e);
    }
  }

  private static Target target(Values json, LabelSet labels, ByteSource labelFile) {
    return switch (Keyed.find(TargetKind.class, json.get("target", String.class), "target")) {
      case SINGLE -> json.values.get("single") == null ? new SingleLabelTarget(labels)
          : new SingleLabelTarget(labels, LabelOffsets.of(values(json.object("single"), "offset", labels)));
      case MULTI -> new MultiLabelTarget(labels, thresholds(json.object("multi"), labels));
      case TAXONOMY -> taxonomy(json.object("taxonomy"), labels, labelFile);
    };
  }

  private static Thresholds thresholds(Values json, LabelSet labels) {
    var each = Thresholds.perLabel(values(json, "threshold", labels));
    return json.get("at_least_one", Boolean.class) ? each.withAtLeastOne() : each;
  }

  /** The value of each label. */
  private static float[] values(Values json, String key, LabelSet labels) {
    var names = new ArrayList<String>();
    List<Values> objects = json.objects(key + "s");
    var values = new float[objects.size()];
    for (Values each : objects) {
      values[names.size()] = each.get(key, Number.class).floatValue();
      names.add(each.get("label", String.class));
    }
    // A label that is being added has its value before labels.json has its name.
    if (names.size() < labels.size() || !names.subList(0, labels.size()).equals(labels.names())) {
      throw new UserError(json.name + " has " + key + "s for other labels than labels.json: "
          + firstDifference(names, labels, key) + ". The files are of different models");
    }
    return Arrays.copyOf(values, labels.size());
  }

  private static String firstDifference(List<String> names, LabelSet labels, String key) {
    if (names.size() < labels.size()) {
      return names.size() + " " + key + "s for " + labels.size() + " labels";
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

    double[] numbers(String key) {
      var numbers = new ArrayList<Double>();
      for (Object each : get(key, List.class)) {
        numbers.add(each instanceof Number number ? number.doubleValue() : Double.NaN);
      }
      return numbers.stream().mapToDouble(Double::doubleValue).toArray();
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
