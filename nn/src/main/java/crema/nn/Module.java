package crema.nn;

import crema.autograd.Variable;
import crema.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A part of a model: parameters of its own and parts that it consists of, each registered under a name by the
 * constructor. A subclass adds the method that computes, usually {@code Variable forward(Tape tape, Variable x)}.
 *
 * <p>A module owns its parameters, those of its parts included; {@link #close} gives their memory back. Training is for
 * one thread at a time. A {@linkplain #freeze frozen} module may predict on many threads at once, each with a scope and
 * a tape of its own.
 */
public abstract class Module implements AutoCloseable {
  private final Map<String, Variable> parameters = new LinkedHashMap<>();
  private final Map<String, Tensor> buffers = new LinkedHashMap<>();
  private final Map<String, Module> modules = new LinkedHashMap<>();
  private final List<Module> inlined = new ArrayList<>();

  /** A module without parameters; subclasses register theirs. */
  protected Module() {}

  /**
   * Registers a parameter of this module itself. Returns it.
   *
   * @param name its last part of the state-dict key
   */
  protected final Variable parameter(String name, Variable parameter) {
    register(parameters, name, parameter);
    return parameter;
  }

  /**
   * Registers numbers of this module that are saved with it and not learned by gradients: running statistics, say.
   * Returns them.
   *
   * @param name its last part of the state-dict key
   */
  protected final Tensor buffer(String name, Tensor buffer) {
    register(buffers, name, buffer);
    return buffer;
  }

  /**
   * Registers a part of this module. Returns it.
   *
   * @param name what its parameters' state-dict keys start with, before a dot; may itself contain dots:
   *     {@code layers.0}
   */
  protected final <M extends Module> M module(String name, M module) {
    register(modules, name, module);
    return module;
  }

  /**
   * Registers a part whose members are called as if they were this module's own: heads beside an encoder are. Returns
   * it.
   */
  protected final <M extends Module> M inline(M module) {
    inlined.add(module);
    return module;
  }

  private <T> void register(Map<String, T> members, String name, T member) {
    if (name.isEmpty() || parameters.containsKey(name) || buffers.containsKey(name)
        || modules.containsKey(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' cannot name a member of " + getClass().getSimpleName() + ": it is empty or taken");
    }
    members.put(name, member);
  }

  /** All parameters in the order of registration, under their dotted names, as Hugging Face's and PyTorch's are. */
  public final Map<String, Variable> parameters() {
    var all = new LinkedHashMap<String, Variable>();
    collect("", all);
    return Collections.unmodifiableMap(all);
  }

  private void collect(String prefix, Map<String, Variable> all) {
    parameters.forEach((name, parameter) -> {
      if (all.put(prefix + name, parameter) != null) {
        throw new IllegalStateException("two parameters are called " + prefix + name);
      }
    });
    modules.forEach((name, module) -> module.collect(prefix + name + ".", all));
    inlined.forEach(module -> module.collect(prefix, all));
  }

  /** All parts, and parts of parts, under their dotted names, in the order of registration. */
  public final Map<String, Module> modules() {
    var all = new LinkedHashMap<String, Module>();
    collectModules("", all);
    return Collections.unmodifiableMap(all);
  }

  private void collectModules(String prefix, Map<String, Module> all) {
    modules.forEach((name, module) -> {
      all.put(prefix + name, module);
      module.collectModules(prefix + name + ".", all);
    });
    inlined.forEach(module -> module.collectModules(prefix, all));
  }

  /** The values of all parameters, and all buffers, under their dotted names: what is saved. */
  public final Map<String, Tensor> stateDict() {
    var values = new LinkedHashMap<String, Tensor>();
    parameters().forEach((name, parameter) -> values.put(name, parameter.value()));
    collectBuffers("", values);
    return values;
  }

  private void collectBuffers(String prefix, Map<String, Tensor> all) {
    buffers.forEach((name, buffer) -> all.put(prefix + name, buffer));
    modules.forEach((name, module) -> module.collectBuffers(prefix + name + ".", all));
    inlined.forEach(module -> module.collectBuffers(prefix, all));
  }

  /**
   * Overwrites all parameters and buffers. They are left as they were if something does not fit.
   *
   * @throws InvalidWeightsException when a name is missing or unexpected, or a shape differs; the message lists them
   */
  public final void load(Weights weights) {
    weights.copyTo(stateDict());
  }

  /**
   * Loads this module for prediction alone: it can then be neither trained nor saved. Weights of linear layers go into
   * the layout that the backend multiplies fastest with some rows at a time, so that next to no memory is needed beside
   * what prediction needs. The parameters are best made by {@link ParameterSource#forPrediction}.
   *
   * @throws InvalidWeightsException when a name is missing or unexpected, or a shape differs; the message lists them
   */
  public final void loadForPrediction(Weights weights) {
    weights.requireFit(stateDict());
    loadForPrediction(weights, "");
    freeze();
    releaseWeights();
  }

  private void loadForPrediction(Weights weights, String prefix) {
    loadOwn(weights, prefix);
    modules.forEach((name, module) -> module.loadForPrediction(weights, prefix + name + "."));
    inlined.forEach(module -> module.loadForPrediction(weights, prefix));
  }

  /** Reads the parameters and buffers of this module itself, whose names start with a prefix. */
  protected void loadOwn(Weights weights, String prefix) {
    buffers.forEach((name, buffer) -> weights.read(prefix + name, buffer));
    parameters.forEach((name, parameter) -> weights.read(prefix + name, parameter.value()));
  }

  /**
   * Overwrites the parameters that weights have, for instance those of a pretrained encoder; all others keep their
   * values. Nothing is overwritten if a shape differs.
   *
   * @return what was loaded, and what not
   * @throws InvalidWeightsException when a shape differs; the message names the tensors
   */
  public final Weights.Intersection loadIntersecting(Weights weights) {
    Map<String, Tensor> state = stateDict();
    Weights.Intersection intersection = weights.intersecting(state.keySet());
    state.keySet().retainAll(intersection.common().shapes().keySet());
    intersection.common().copyTo(state);
    return intersection;
  }

  /** The number of elements of all parameters. */
  public final long parameterCount() {
    return parameters().values().stream().mapToLong(parameter -> parameter.value().elements()).sum();
  }

  /**
   * Prepares this module for prediction: weights are copied to the layout that the backend multiplies fastest with.
   * Later changes of the parameters are not seen until it is called again.
   */
  public final void freeze() {
    walk(Module::prepare);
  }

  /**
   * Gives back the memory of those parameters that a {@linkplain #freeze frozen} module predicts without. It can then
   * be neither trained nor saved.
   */
  public final void releaseWeights() {
    walk(Module::release);
  }

  /** What {@link #freeze} does for this module itself. */
  protected void prepare() {}

  /** What {@link #releaseWeights} does for this module itself. */
  protected void release() {}

  /** What {@link #close} does for this module itself, besides giving back the parameters. */
  protected void closeOwn() {}

  @Override
  public final void close() {
    walk(module -> {
      module.closeOwn();
      module.parameters.values().forEach(parameter -> parameter.value().close());
      module.buffers.values().forEach(Tensor::close);
    });
  }

  private void walk(Consumer<Module> action) {
    action.accept(this);
    modules.values().forEach(module -> module.walk(action));
    inlined.forEach(module -> module.walk(action));
  }
}
