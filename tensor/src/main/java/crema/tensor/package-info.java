/**
 * Values and the contract of backends: tensors, shapes, types and scopes; the families of ops, interfaces without
 * bodies; and what these take and give. Implementations live in packages below, which nobody imports but through
 * {@link crema.tensor.Backend#open(crema.tensor.Device)}.
 */
package crema.tensor;
