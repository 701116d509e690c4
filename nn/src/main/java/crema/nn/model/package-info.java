/**
 * Models of texts: an encoder of any {@link crema.nn.model.Architecture}, heads, and the classifier that is made of them.
 * An architecture has a package of its own below.
 */
package crema.nn.model;
