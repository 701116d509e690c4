package crema.tensor.reference;

import crema.tensor.MatMul;

/** The specification of {@link MatMul}. */
final class ReferenceMatMul implements MatMul {}
