/** One file an op: its inputs, what it saves, its forward and its backward pass. */
package crema.autograd.op;
