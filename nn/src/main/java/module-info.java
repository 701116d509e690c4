/** Layers, losses, optimizers, models and their file formats. */
module crema.nn {
  requires static transitive org.jspecify;
  requires transitive crema.autograd;
  requires tools.jackson.databind;

}
