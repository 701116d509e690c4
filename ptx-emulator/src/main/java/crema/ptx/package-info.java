/**
 * The values that an emulated launch takes and gives: what a device can do, the size of a launch, tensor maps,
 * counters, faults. No behaviour lives here, and nothing here knows how PTX is read or run; start reading at {@link
 * crema.ptx.device}.
 */
@NullMarked
package crema.ptx;

import org.jspecify.annotations.NullMarked;
