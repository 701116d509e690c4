/**
 * The SIMD backend: pooled arrays, and kernels that give the same bits at every width and with any number of threads.
 */
package crema.tensor.cpu;
