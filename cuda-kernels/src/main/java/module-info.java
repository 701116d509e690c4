import crema.cuda.CudaBackendProvider;
import crema.tensor.BackendProvider;

/** The backend of NVIDIA GPUs. */
module crema.cuda {
  requires static transitive org.jspecify;
  requires transitive crema.tensor;

  exports crema.cuda;

  provides BackendProvider with CudaBackendProvider;
}
