/** The device memory of a backend: the pool that tensors are taken from. */
package crema.cuda.memory;
