package crema.ptx.op;

import crema.ptx.FaultKind;
import crema.ptx.Swizzle;
import crema.ptx.machine.Warp;

/**
 * Where a matrix of wgmma lies in shared memory (PTX ISA, "Matrix Descriptor"; the layouts are those that CUTLASS
 * writes as {@code GmmaDescriptor}). Memory is made of rows of the swizzle's span (16 to 128 bytes), eight of which are
 * a block.
 *
 * @param start address of the first element
 * @param leading bytes between blocks along the contiguous dimension; where k is contiguous, only used without swizzle
 * @param stride bytes between blocks along the other dimension
 */
record MatrixDescriptor(int start, int leading, int stride, Swizzle swizzle) {
  static MatrixDescriptor of(Warp w, long bits) {
    int start = (int) (bits & 0x3fff) << 4;
    int leading = (int) (bits >>> 16 & 0x3fff) << 4;
    int stride = (int) (bits >>> 32 & 0x3fff) << 4;
    int base = (int) (bits >>> 49 & 7);
    Swizzle swizzle = switch ((int) (bits >>> 62)) {
      case 1 -> Swizzle.BYTES_128;
      case 2 -> Swizzle.BYTES_64;
      case 3 -> Swizzle.BYTES_32;
      default -> Swizzle.NONE;
    };
    int pattern = swizzle.span() * 8 - 1 & -128;
    if (swizzle != Swizzle.NONE && base != (start & pattern) >> 7) {
      throw w.fault(FaultKind.BAD_OPERAND, 0,
          "a matrix descriptor with base offset " + base + ", where a matrix at byte " + start
              + " of shared memory has " + ((start & pattern) >> 7));
    }
    return new MatrixDescriptor(start, leading, stride, swizzle);
  }

  /**
   * The address of the 16 bytes that hold elements {@code k} to {@code k + 16 / size} of row {@code m}, where k is
   * contiguous.
   *
   * @param byteOfK the first element's offset in its row, in bytes
   */
  int alongK(int m, int byteOfK) {
    if (swizzle == Swizzle.NONE) {
      return start + (m >> 3) * stride + (m & 7) * 16 + byteOfK / 16 * leading;
    }
    return swizzle.apply(start + (m >> 3) * stride + (m & 7) * swizzle.span() + byteOfK);
  }

  /**
   * The address of the 16 bytes that hold elements of column {@code k}, where m is contiguous.
   *
   * @param byteOfM the first element's offset along m, in bytes
   */
  int alongM(int byteOfM, int k) {
    int span = swizzle.span();
    if (swizzle == Swizzle.NONE) {
      return start + byteOfM / 16 * stride + (k & 7) * 16 + (k >> 3) * leading;
    }
    return swizzle.apply(start + byteOfM / span * leading + byteOfM % span + (k & 7) * span + (k >> 3) * stride);
  }
}
