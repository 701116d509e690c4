/** Values and the contract of backends: tensors, shapes, types, scopes, and the families of ops without bodies. */
package crema.tensor;
