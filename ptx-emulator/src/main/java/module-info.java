/** An emulator of NVIDIA GPUs that runs PTX, for tests. */
module crema.ptx {
  requires static transitive org.jspecify;
  requires static jdk.incubator.vector;

  exports crema.ptx;
  exports crema.ptx.device;
}
