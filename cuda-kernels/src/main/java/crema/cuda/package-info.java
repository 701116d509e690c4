/** The backend of NVIDIA GPUs: its storages, and one class for each family of ops, named like the file of its kernels. */
package crema.cuda;
