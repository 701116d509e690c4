package crema.tensor.reference;

import crema.tensor.Losses;

/** The specification of {@link Losses}. */
final class ReferenceLosses implements Losses {}
