/** Losses, and the catalog of them: value and gradient by logits, for targets that stay on the host. */
package crema.nn.loss;
