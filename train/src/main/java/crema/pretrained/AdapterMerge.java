package crema.pretrained;

import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.Weights;
import crema.nn.adapter.MergedWeights;
import crema.nn.model.Architecture;
import crema.settings.JsonFile;
import crema.tensor.Backend;
import crema.tensor.DType;
import crema.tensor.Device;
import crema.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model of a pretrained one and an adapter, in Hugging Face's layout. The weights are copied some rows at a time, so
 * that a model larger than memory can be merged.
 */
public final class AdapterMerge {
  /** What is beside the weights: configuration, tokenizer, the modules of sentence-transformers. */
  private static final Pattern COPIED = Pattern.compile("(?!.*\\.index\\.json$).*\\.(json|txt|model|jinja)");
  private static final Pattern MODULE = Pattern.compile("[0-9]{1,2}_[A-Za-z0-9]+");
  private static final String ID_TO_LABEL = "id2label";

  private final Path base;
  private final Path adapter;
  private final boolean widens;
  private final LongConsumer progress;

  /**
   * A merge that is to be written.
   *
   * @param base a folder of a pretrained model, or a file of weights with the other files beside it
   * @param adapter a folder of PEFT's
   * @param widens whether 16-bit weights are written as 32-bit ones; otherwise the sums are rounded to 16 bits
   * @param progress is told how many numbers are written
   */
  public AdapterMerge(Path base, Path adapter, boolean widens, LongConsumer progress) {
    this.base = base;
    this.adapter = adapter;
    this.widens = widens;
    this.progress = progress;
  }

  /**
   * How many numbers will be written.
   *
   * @throws UserError when base and adapter do not fit
   */
  public long size() throws IOException {
    try (PretrainedModel model = PretrainedModel.open(base); MergedWeights merged = open(model)) {
      return merged.shapes().values().stream().mapToLong(Shape::elements).sum();
    }
  }

  /**
   * Writes the model.
   *
   * @param folder empty
   * @return what a user should know of it, a line each
   * @throws UserError when base and adapter do not fit
   */
  public List<String> write(Path folder) throws IOException {
    try (PretrainedModel model = PretrainedModel.open(base); MergedWeights merged = open(model);
        Backend backend = Backend.open(Device.CPU)) {
      var notes = new ArrayList<String>();
      notes.add(merged.changed() + " matrices changed by the adapter"
          + (merged.replaced().isEmpty() ? "" : ", and these replaced: " + String.join(", ", merged.replaced())));
      // Modules of sentence-transformers may have the encoder in a folder of its own.
      Path from = model.folder();
      Path root = Files.isDirectory(base) ? base : from;
      copy(root, folder, from);
      Path target = Files.createDirectories(folder.resolve(root.relativize(from).toString()));
      Weights weights = named(merged, model.config().architecture());
      var types = new LinkedHashMap<String, DType>();
      weights.shapes().keySet().forEach(name -> types.put(name, widens ? DType.F32 : weights.type(name)));
      var files = new HuggingFaceFolder(target);
      files.writeWeights(weights, name -> Objects.requireNonNull(types.get(name)), backend, progress);
      files.writeConfig(config(model, merged, types));
      return notes;
    } catch (InvalidWeightsException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  private MergedWeights open(PretrainedModel model) throws IOException {
    try {
      return MergedWeights.open(model.weights(), model.config().architecture().prefix(), adapter);
    } catch (InvalidWeightsException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
  }

  /** Of an encoder alone the names have no prefix. */
  private static Weights named(Weights weights, Architecture architecture) {
    return isEncoder(weights, architecture) ? weights.under(architecture.prefix()) : weights;
  }

  private static boolean isEncoder(Weights weights, Architecture architecture) {
    return weights.shapes().keySet().stream().allMatch(name -> name.startsWith(architecture.prefix()));
  }

  private static Map<String, @Nullable Object> config(PretrainedModel model, MergedWeights merged,
      Map<String, DType> types) throws IOException {
    Architecture architecture = model.config().architecture();
    Path file = model.folder().resolve(PretrainedFolder.CONFIG);
    var json = new LinkedHashMap<String, @Nullable Object>();
    if (Files.exists(file)) {
      json.putAll(JsonFile.read(file));
    } else {
      json.put("model_type", architecture.key());
      json.putAll(model.config().toMap());
    }
    if (!merged.replaced().isEmpty() && !isEncoder(merged, architecture)) {
      json.put("architectures", List.of(architecture.className() + "ForSequenceClassification"));
      merged.replaced().stream().filter(name -> !name.startsWith(architecture.prefix()))
          .map(name -> merged.shapes().get(name)).filter(shape -> shape != null && shape.rank() == 2)
          .mapToLong(shape -> Objects.requireNonNull(shape).extent(0)).min().ifPresent(labels -> label(json, labels));
    }
    boolean isWide = types.containsValue(DType.F32);
    json.remove("dtype");
    json.put("torch_dtype", isWide ? "float32" : types.containsValue(DType.BF16) ? "bfloat16" : "float16");
    return json;
  }

  /** Numbers for labels where the config has names for another number of them: adapters do not hold names. */
  private static void label(Map<String, @Nullable Object> json, long labels) {
    if (json.get(ID_TO_LABEL) instanceof Map<?, ?> names && names.size() == labels) {
      return;
    }
    var names = new LinkedHashMap<String, Object>();
    var numbers = new LinkedHashMap<String, Object>();
    for (int i = 0; i < labels; i++) {
      names.put(Integer.toString(i), "LABEL_" + i);
      numbers.put("LABEL_" + i, i);
    }
    json.put(ID_TO_LABEL, names);
    json.put("label2id", numbers);
  }

  /** Copies what is beside the weights; modules that are not the encoder have weights of their own. */
  private static void copy(Path from, Path to, Path encoder) throws IOException {
    boolean isModule = MODULE.matcher(from.getFileName().toString()).matches() && !from.equals(encoder);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.sorted().toList()) {
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry) && MODULE.matcher(name).matches()) {
          copy(entry, Files.createDirectories(to.resolve(name)), encoder);
        } else if (Files.isRegularFile(entry) && (isModule || COPIED.matcher(name).matches())
            && !(name.equals(PretrainedFolder.CONFIG) && from.equals(encoder))) {
          Files.copy(entry, to.resolve(name));
        }
      }
    }
  }
}
