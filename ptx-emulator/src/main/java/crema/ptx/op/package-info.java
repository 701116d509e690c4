/**
 * What PTX's instructions mean. {@link crema.ptx.op.Opcodes} is the table: a row an opcode and group of modifiers, from
 * which parsing, decoding and counting follow. Rows stand in families, one a file ({@code IntegerOps}, {@code
 * MemoryOps}, …); to add an instruction, add its row there.
 */
@NullMarked
package crema.ptx.op;

import org.jspecify.annotations.NullMarked;
