/**
 * The family of transformer encoders: what is trained, the run that trains it, and its classifier.
 */
package crema.family.encoder;
