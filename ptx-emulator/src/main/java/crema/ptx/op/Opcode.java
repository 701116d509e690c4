package crema.ptx.op;

import crema.ptx.InstructionKind;
import crema.ptx.machine.Action;

/**
 * A row of the table of opcodes.
 *
 * @param name the opcode, without modifiers
 * @param form its modifiers
 * @param kind what counters call it
 * @param decoder makes of an instruction what a warp does
 */
record Opcode(String name, Form form, InstructionKind kind, Decoder decoder) {
  /** Makes of an instruction what a warp does. */
  interface Decoder {
    /** Reads the operands; throws through them if they are not what the opcode takes. */
    Action decode(Operands in);
  }

  static Opcode row(String name, String form, InstructionKind kind, Decoder decoder) {
    return new Opcode(name, new Form(form), kind, decoder);
  }
}
