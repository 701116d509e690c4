/** Optimizers, groups of parameters, and schedules of learning rates. */
package crema.nn.optim;
