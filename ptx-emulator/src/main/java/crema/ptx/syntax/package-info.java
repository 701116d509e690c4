/**
 * Reads PTX: text to tokens to kernels of instructions, with names resolved. Knows the grammar, but no opcode: what an
 * instruction means, and which modifiers it has, is told in {@code crema.ptx.op}. Anything malformed gives a {@link
 * crema.ptx.PtxSyntaxException}.
 */
@NullMarked
package crema.ptx.syntax;

import org.jspecify.annotations.NullMarked;
