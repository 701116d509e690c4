/** How wide vectors are in this process, and their species: what all kernels stand on. */
package crema.tensor.cpu.simd;
