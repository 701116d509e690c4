/** Tensors, their storage, and the backends that compute on them. */
module crema.tensor {
  requires static transitive org.jspecify;
  requires static jdk.incubator.vector;

  exports crema.tensor;
}
