/** Matrix products of float arrays: how they are cut, packed into panels and multiplied in registers. */
package crema.tensor.cpu.gemm;
