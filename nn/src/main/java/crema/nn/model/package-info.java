/** Architectures that are built from layers, each with its config and the names of its state dict. */
package crema.nn.model;
