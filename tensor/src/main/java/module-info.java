import crema.tensor.BackendProvider;
import crema.tensor.cpu.CpuBackendProvider;
import crema.tensor.reference.ReferenceBackendProvider;

/** Tensors, their storage, and the backends that compute on them. */
module crema.tensor {
  requires static transitive org.jspecify;
  requires transitive crema.base;
  requires static jdk.incubator.vector;

  exports crema.tensor;
  exports crema.tensor.reference;
  exports crema.tensor.cpu to crema.classic, crema.train;

  uses BackendProvider;

  provides BackendProvider with CpuBackendProvider, ReferenceBackendProvider;
}
