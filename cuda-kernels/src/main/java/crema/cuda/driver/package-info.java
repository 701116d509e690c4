/** What the backend asks of a GPU, and how the NVIDIA driver answers. */
package crema.cuda.driver;
