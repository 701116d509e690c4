package crema.nn.model.vision;

import crema.autograd.Tape;
import crema.autograd.Variable;
import crema.autograd.op.Linear;
import crema.autograd.op.Patches;
import crema.autograd.op.Reshape;
import crema.nn.Initializer;
import crema.nn.Module;
import crema.nn.ParameterSource;
import crema.tensor.Activation;
import crema.tensor.PackedMatrix;
import crema.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A vector of each patch of a picture: a convolution whose stride is its window, as one matrix product. State-dict keys:
 * {@code weight} {@code [features, channels, size, size]} and, if there is one, {@code bias}.
 */
final class PatchEmbedding extends Module {
  private final Variable weight;
  private final @Nullable Variable bias;
  private final int size;
  private final long features;
  private final long depth;
  private @Nullable PackedMatrix packed;

  PatchEmbedding(ParameterSource source, int channels, int size, int features, Initializer initializer,
      @Nullable Initializer biasInitializer) {
    this.size = size;
    this.features = features;
    depth = Math.multiplyExact((long) channels, Math.multiplyExact(size, size));
    weight = parameter("weight", source.create(initializer, features, channels, size, size));
    bias = biasInitializer == null ? null : parameter("bias", source.create(biasInitializer, features));
  }

  /** {@code [pictures · patches, features]} from pixels {@code [pictures, channels, height, width]}. */
  Variable forward(Tape tape, Variable pixels) {
    Variable patches = Patches.apply(tape, pixels, size);
    PackedMatrix prepared = packed;
    if (prepared == null || tape.records(patches, weight)) {
      return Linear.apply(tape, patches, Reshape.apply(tape, weight, features, depth), bias, Activation.IDENTITY);
    }
    return Linear.apply(tape, patches, prepared, bias, Activation.IDENTITY);
  }

  @Override
  protected void prepare() {
    closeOwn();
    try (Tensor matrix = weight.value().reshape(features, depth)) {
      packed = weight.value().backend().ops().matMul().pack(matrix);
    }
  }

  @Override
  protected void release() {
    if (packed != null) {
      weight.value().close();
    }
  }

  @Override
  protected void closeOwn() {
    if (packed != null) {
      packed.close();
      packed = null;
    }
  }
}
