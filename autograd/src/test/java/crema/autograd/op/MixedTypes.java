package crema.autograd.op;

import crema.autograd.MultiOp;
import crema.tensor.DType;

/** Which inputs of an op are activations of a network that computes in {@link crema.tensor.Precision#BF16}. */
final class MixedTypes {
  private MixedTypes() {}

  /** The type of an input: {@link DType#BF16}, or {@link DType#F32} for parameters, sums and the residual stream. */
  static DType of(Class<? extends MultiOp> op, int input) {
    boolean half = switch (op.getSimpleName()) {
      case "Linear", "GatedLinear", "QkvRope" -> input == 0;
      case "RmsNorm", "LayerNorm" -> input == 0;
      case "Residual", "ResidualRmsNorm" -> input == 1;
      case "RelativeAttention" -> input < 3;
      case "Attention", "Rope", "SwiGlu", "Activate", "Dropout", "SplitColumns", "Reshape", "MatMul", "Scale", "Pool",
          "Sum", "Mean", "Cast", "Binary" ->
          true;
      default -> false;
    };
    return half ? DType.BF16 : DType.F32;
  }
}
