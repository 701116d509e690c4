/** The pre-norm encoder with rotary positions, grouped key and value heads and gated feed-forward: config and modules. */
package crema.nn.model.prenorm;
