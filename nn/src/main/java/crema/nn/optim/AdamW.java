package crema.nn.optim;

import crema.autograd.Gradients;
import crema.autograd.Variable;
import crema.nn.InvalidWeightsException;
import crema.nn.Module;
import crema.nn.Weights;
import crema.tensor.AdamWSlot;
import crema.tensor.AdamWStep;
import crema.tensor.Backend;
import crema.tensor.Deferred;
import crema.tensor.Scope;
import crema.tensor.SparseRows;
import crema.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AdamW (Loshchilov and Hutter, arXiv 1711.05101) with clipping by the global norm. {@link crema.tensor.OptimizerOps#adamWAll} gives the
 * formula.
 *
 * <p>Owns the moments; {@link #close} gives their memory back.
 */
public final class AdamW implements AutoCloseable {
  /**
   * The constants of the method.
   *
   * @param beta1 decay of the first moment, in [0, 1)
   * @param beta2 decay of the second moment, in [0, 1)
   * @param epsilon added to the root of the second moment
   */
  public record Options(double beta1, double beta2, double epsilon) {
    /** 0.9, 0.999 and 1e-8, as in the paper. */
    public static final Options DEFAULT = new Options(0.9, 0.999, 1e-8);

    /** Checks the ranges. */
    public Options {
      if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0)) {
        throw new IllegalArgumentException("AdamW needs betas in [0, 1) and a positive epsilon, not " + beta1 + ", "
            + beta2 + " and " + epsilon);
      }
    }
  }

  private record Slot(String name, Variable parameter, Tensor firstMoment, Tensor secondMoment, ParameterGroup group) {}

  private final Options options;
  private final Scope scope;
  private final List<Slot> slots = new ArrayList<>();
  private final Deque<Deferred> uncounted = new ArrayDeque<>();
  private long steps;

  /** An optimizer of a module with the default options and {@link ParameterGroup#decayingMatrices}. */
  public AdamW(Module module, double weightDecay) {
    this(ParameterGroup.decayingMatrices(module, weightDecay), Options.DEFAULT);
  }

  /** An optimizer of groups of parameters, each parameter in one group. All live on one backend. */
  public AdamW(List<ParameterGroup> groups, Options options) {
    this.options = options;
    this.scope = new Scope(backend(groups));
    for (ParameterGroup group : groups) {
      group.parameters().forEach((name, parameter) -> {
        Tensor value = parameter.value();
        slots.add(new Slot(name, parameter, scope.zeros(value.dtype(), value.shape()),
            scope.zeros(value.dtype(), value.shape()), group));
      });
    }
  }

  private static Backend backend(List<ParameterGroup> groups) {
    return groups.stream().flatMap(group -> group.parameters().values().stream()).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("an optimizer without parameters"))
        .value().backend();
  }

  /** Updates all parameters, without clipping. */
  public Deferred step(Gradients gradients, double learningRate) {
    return step(gradients, learningRate, Double.POSITIVE_INFINITY);
  }

  /**
   * Updates all parameters that have a gradient.
   *
   * <p>Gradients whose global norm is above {@code maxNorm} count as scaled down to it (Pascanu et al., arXiv
   * 1211.5063, algorithm 1, with PyTorch's 1e-6 in the denominator). If the norm is not a finite number, nothing is
   * updated: the model stays as it was, for the caller to stop and report.
   *
   * @param gradients are left as they are
   * @param learningRate of this step, after the schedule
   * @param maxNorm positive
   * @return the global norm before clipping, which need not be read before the next step
   */
  public Deferred step(Gradients gradients, double learningRate, double maxNorm) {
    // On a device that runs ahead the last step's norm is not there yet; that it was finite is assumed until it is.
    count(scope.backend().runsAhead() ? 1 : 0);
    long next = steps + uncounted.size() + 1;
    var updates = new ArrayList<AdamWSlot>();
    for (Slot slot : slots) {
      var step = new AdamWStep(learningRate * slot.group.learningRateScale(), options.beta1, options.beta2,
          options.epsilon, slot.group.weightDecay(), next, 1);
      Tensor parameter = slot.parameter.value();
      SparseRows sparse = gradients.sparseOrNull(slot.parameter);
      Tensor dense = gradients.denseOrNull(slot.parameter);
      if (sparse != null) {
        updates.add(new AdamWSlot.Sparse(parameter, sparse, slot.firstMoment, slot.secondMoment, step));
      } else if (dense != null) {
        updates.add(new AdamWSlot.Dense(parameter, dense, slot.firstMoment, slot.secondMoment, step));
      }
    }
    Deferred norm = scope.backend().ops().optimizers().adamWAll(updates, maxNorm);
    uncounted.add(norm);
    return norm;
  }

  /** Counts the steps that were updates, which their norms tell; the last {@code left} of them later. */
  private void count(int left) {
    while (uncounted.size() > left) {
      if (Double.isFinite(uncounted.remove().value())) {
        steps++;
      }
    }
  }

  /** How many updates were done; waits for the last one's norm. */
  public long steps() {
    count(0);
    return steps;
  }

  /**
   * The moments, under {@code first_moment.} and {@code second_moment.} with the parameters' names: what a checkpoint
   * saves, together with {@link #steps}.
   */
  public Map<String, Tensor> stateDict() {
    var state = new LinkedHashMap<String, Tensor>();
    for (Slot slot : slots) {
      state.put("first_moment." + slot.name, slot.firstMoment);
      state.put("second_moment." + slot.name, slot.secondMoment);
    }
    return state;
  }

  /**
   * Continues where a saved optimizer was.
   *
   * @param weights what {@link #stateDict} gave
   * @param stepsDone what {@link #steps} gave
   * @throws InvalidWeightsException when the moments do not fit the parameters
   */
  public void load(Weights weights, long stepsDone) {
    if (stepsDone < 0) {
      throw new InvalidWeightsException("an optimizer that did " + stepsDone + " steps");
    }
    weights.copyTo(stateDict());
    uncounted.clear();
    steps = stepsDone;
  }

  @Override
  public void close() {
    scope.close();
  }
}
