package crema.nn.adapter;

import crema.autograd.Variable;
import crema.base.UserError;
import crema.nn.InvalidWeightsException;
import crema.nn.Linear;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.nn.Weights;
import crema.nn.io.SafetensorsWriter;
import crema.nn.io.StoredWeights;
import crema.tensor.Scope;
import crema.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank adapter of a model: small matrices beside its linear layers, and parts of the model that are trained as a
 * whole, such as its head. The files are those of PEFT: {@code adapter_config.json} and
 * {@code adapter_model.safetensors}, whose names are {@code base_model.model.} and those of the model.
 *
 * <p>Several adapters may be in memory beside one model, of which one at a time is {@linkplain #attach attached}: their
 * own matrices are all that each needs. Attaching is for one thread, while no other predicts.
 */
public final class LoraAdapter extends Module {
  /** What the names of all parameters start with in an adapter's file. */
  static final String PREFIX = "base_model.model.";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PYTORCH_WEIGHTS = "adapter_model.bin";

  private final Module model;
  private final LoraConfig config;
  private final Map<String, LoraLayer> layers = new LinkedHashMap<>();
  /** The model's parameters that are saved with the adapter, by their names in the model. */
  private final Map<String, Variable> saved = new LinkedHashMap<>();
  /** Of each of them, the value that the model has not at the moment: the adapter's, or while it is attached its own. */
  private final Map<String, Tensor> parked = new LinkedHashMap<>();
  private boolean attached;

  private LoraAdapter(ParameterSource source, Module model, LoraConfig config) {
    this.model = model;
    this.config = config;
    Map<String, Module> parts = model.modules();
    parts.forEach((name, part) -> {
      if (part instanceof Linear linear && config.adapts(name)) {
        long out = linear.weight().shape().extent(0);
        long in = linear.weight().shape().extent(1);
        layers.put(name, module(PREFIX + name,
            new LoraLayer(source, in, out, config.rankOf(name), config.scaleOf(name), config.dropout())));
      }
    });
    if (layers.isEmpty()) {
      throw new UserError("the adapter adapts no layer: of the model's linear layers " + examples(parts)
          + " none is one of target_modules");
    }
    model.parameters().forEach((name, parameter) -> {
      if (isSaved(name)) {
        saved.put(name, parameter);
      }
    });
    try (var scope = new Scope(source.backend())) {
      saved.forEach((name, parameter) -> {
        Tensor copy = scope.emptyLike(parameter.value());
        copy.backend().ops().pointwise().copy(parameter.value(), copy);
        parked.put(name, copy.retain());
      });
    }
  }

  /** The last parts of the names of linear layers. */
  private static String examples(Map<String, Module> parts) {
    var names = new TreeSet<String>();
    parts.forEach((name, part) -> {
      if (part instanceof Linear) {
        names.add(name.substring(name.lastIndexOf('.') + 1));
      }
    });
    return String.join(", ", names);
  }

  private boolean isSaved(String parameter) {
    int dot = parameter.lastIndexOf('.');
    String module = dot < 0 ? "" : parameter.substring(0, dot);
    if (config.saves(module)) {
      return true;
    }
    return parameter.endsWith("bias") && switch (config.bias()) {
      case NONE -> false;
      case ALL -> true;
      case LORA_ONLY -> layers.containsKey(module);
    };
  }

  /**
   * A new adapter, attached: the model is as it was, since B is zero. The model's own parameters are frozen but for
   * those that are saved with the adapter.
   *
   * @param source makes the matrices; A is random
   * @param model whose names are those of its state dict in Hugging Face's libraries
   * @throws UserError when no layer is adapted; the message lists those that the model has
   */
  public static LoraAdapter create(ParameterSource source, Module model, LoraConfig config) {
    var adapter = new LoraAdapter(source, model, config);
    adapter.attach();
    model.parameters().forEach((name, parameter) -> parameter.setTrainable(adapter.saved.containsKey(name)));
    return adapter;
  }

  /**
   * Reads an adapter's folder; it is not attached.
   *
   * @param model the one that it was made beside, or one whose encoder is that one's
   * @throws UserError when the config asks for what is not supported
   * @throws InvalidWeightsException when a tensor is missing, unexpected or of another shape
   */
  public static LoraAdapter load(Module model, Path folder) throws IOException {
    LoraConfig config = LoraConfig.read(folder);
    Path file = weights(folder);
    try (var weights = StoredWeights.open(file)) {
      Variable any = model.parameters().values().iterator().next();
      // A rank that the file has not is told by its name, not by a lack of memory.
      var adapter = new LoraAdapter(
          ParameterSource.loadedFrom(weights, any.value().backend()), model, config);
      try {
        var targets = new LinkedHashMap<String, Tensor>(adapter.stateDict());
        adapter.parked.forEach((name, tensor) -> targets.put(PREFIX + name, tensor));
        adapter.named(weights).copyTo(targets);
        return adapter;
      } catch (InvalidWeightsException e) {
        adapter.close();
        throw new InvalidWeightsException(file + ": " + e.getMessage(), e);
      }
    }
  }

  /** The file of an adapter's weights. */
  static Path weights(Path folder) {
    Path file = folder.resolve(WEIGHTS);
    Path pickled = folder.resolve(PYTORCH_WEIGHTS);
    return !Files.exists(file) && Files.exists(pickled) ? pickled : file;
  }

  /**
   * Stored weights under the names that the model has: they may be of a model with a head, whose encoder has a prefix,
   * or without one.
   */
  private Weights named(Weights weights) {
    String change = weights.shapes().keySet().stream().filter(name -> name.contains(".lora_A."))
        .map(name -> name.substring(0, name.indexOf(".lora_A."))).findFirst().orElse(PREFIX);
    String stored = change.startsWith(PREFIX) ? change.substring(PREFIX.length()) : change;
    if (layers.containsKey(stored)) {
      return weights;
    }
    for (String layer : layers.keySet()) {
      if (layer.endsWith("." + stored)) {
        String added = layer.substring(0, layer.length() - stored.length());
        return weights.renamed(name -> name.contains(".lora_") ? insert(name, added) : name);
      }
      if (stored.endsWith("." + layer)) {
        String dropped = PREFIX + stored.substring(0, stored.length() - layer.length());
        return weights.renamed(name -> name.startsWith(dropped) ? PREFIX + name.substring(dropped.length()) : name);
      }
    }
    return weights;
  }

  private static String insert(String name, String added) {
    return name.startsWith(PREFIX) ? PREFIX + added + name.substring(PREFIX.length()) : name;
  }

  /** The settings. */
  public LoraConfig config() {
    return config;
  }

  /** The names of the layers that are adapted, in the model's order. */
  public List<String> layers() {
    return List.copyOf(layers.keySet());
  }

  /** What is beside a layer, or null if that is not adapted. */
  @Nullable
  LoraLayer layer(String name) {
    return layers.get(name);
  }

  /** Whether parameters of the model have other values with this adapter than without it. */
  boolean replacesParameters() {
    return !saved.isEmpty();
  }

  /** What is trained: the adapter's own parameters, and those of the model that are saved with it. */
  public Map<String, Variable> trained() {
    var all = new LinkedHashMap<String, Variable>(parameters());
    saved.forEach((name, parameter) -> all.put(PREFIX + name, parameter));
    return Collections.unmodifiableMap(all);
  }

  /** Whether the model computes with this adapter. */
  public boolean isAttached() {
    return attached;
  }

  /** Has the model compute with this adapter. Another one must be {@linkplain #detach detached} first. */
  public void attach() {
    if (!attached) {
      attached = true;
      layers.forEach((name, layer) -> linear(name).adapt(layer));
      swap();
    }
  }

  /** Has the model compute as it did before this adapter was attached. */
  public void detach() {
    if (attached) {
      attached = false;
      layers.keySet().forEach(name -> linear(name).adapt(null));
      swap();
    }
  }

  private Linear linear(String name) {
    if (model.modules().get(name) instanceof Linear linear) {
      return linear;
    }
    throw new IllegalStateException("the model has no linear layer " + name);
  }

  private void swap() {
    saved.forEach((name, parameter) -> {
      Tensor value = parameter.value();
      Tensor other = value(name);
      try (var scope = new Scope(value.backend())) {
        Tensor kept = scope.emptyLike(value);
        var ops = value.backend().ops().pointwise();
        ops.copy(value, kept);
        ops.copy(other, value);
        ops.copy(kept, other);
      }
    });
    model.modules().forEach((name, part) -> {
      if (part instanceof Linear linear && config.saves(name)) {
        linear.refresh();
      }
    });
  }

  /**
   * Adds the adapter to the model's weights for good: it computes the same without the adapter, which is detached and
   * of no further use. The weights must not be released.
   */
  public void merge() {
    attach();
    layers.forEach((name, layer) -> {
      Linear linear = linear(name);
      layer.mergeInto(linear.weight().value());
      linear.adapt(null);
      linear.refresh();
    });
    attached = false;
  }

  /**
   * Writes PEFT's two files.
   *
   * @param folder created if need be
   */
  public void save(Path folder) throws IOException {
    Files.createDirectories(folder);
    var tensors = new TreeMap<String, Tensor>(stateDict());
    saved.forEach((name, parameter) -> tensors.put(PREFIX + name, attached ? parameter.value() : value(name)));
    SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of("format", "pt"));
    config.write(folder);
  }

  private Tensor value(String name) {
    @Nullable Tensor tensor = parked.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no value of " + name);
    }
    return tensor;
  }

  @Override
  protected void closeOwn() {
    if (attached) {
      attached = false;
      layers.keySet().forEach(name -> linear(name).adapt(null));
    }
    parked.values().forEach(Tensor::close);
  }
}
