/**
 * The emulated GPU, as a driver would use it: {@link crema.ptx.device.PtxDevice} has memory and launches kernels of a
 * {@link crema.ptx.device.PtxModule}. Start reading here.
 */
@NullMarked
package crema.ptx.device;

import org.jspecify.annotations.NullMarked;
