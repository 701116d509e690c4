/**
 * The machine that runs decoded kernels: blocks of warps, their memories, barriers, asynchronous copies, and everything
 * that is checked on the way. It knows kinds of instructions ({@link crema.ptx.machine.Action}), but no opcode.
 *
 * <p>How races are found: every warp has a vector clock ({@link crema.ptx.machine.VectorClock}), and so has every
 * asynchronous engine that acts beside it ({@link crema.ptx.machine.Actors}). An access notes its actor and that
 * actor's time ({@link crema.ptx.machine.SharedShadow}); a later access by another actor is sound only if the accessing
 * warp knows of that time. Knowledge travels through barriers alone.
 */
@NullMarked
package crema.ptx.machine;

import org.jspecify.annotations.NullMarked;
