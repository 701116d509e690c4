/** Automatic differentiation: an eager tape over the tensors of {@code crema.tensor}. */
module crema.autograd {
  requires static transitive org.jspecify;
  requires transitive crema.tensor;

  exports crema.autograd;
  exports crema.autograd.op;
}
