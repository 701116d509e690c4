package crema.cuda;

import crema.tensor.DType;
import crema.tensor.Tensor;

/** Which variant of a kernel takes tensors of given types. */
final class Types {
  private Types() {}

  /** {@code _f32} or {@code _bf16}: the ending of a kernel's name for activations that all have one type. */
  static String suffix(Tensor... tensors) {
    DType type = tensors[0].dtype();
    for (Tensor tensor : tensors) {
      if (tensor.dtype() != type) {
        throw new IllegalArgumentException("no kernel takes " + type + " beside " + tensor.dtype());
      }
    }
    return suffix(type);
  }

  /** The ending of a kernel's name for two tensors that may differ in type: {@code _f32} or {@code _f32_bf16}. */
  static String suffixes(Tensor first, Tensor second) {
    return first.dtype() == second.dtype() ? suffix(first.dtype()) : suffix(first.dtype()) + suffix(second.dtype());
  }

  /** The ending of a kernel's name for a type. */
  static String suffix(DType type) {
    return switch (type) {
      case F32 -> "_f32";
      case BF16 -> "_bf16";
      case I32 -> "_i32";
      case F64, F16, I8 -> throw new IllegalArgumentException("no kernel takes " + type);
    };
  }
}
