package crema.cuda.driver;

import crema.tensor.DType;

/**
 * A row-major matrix in device memory, copied a box at a time into shared memory.
 *
 * @param type of its elements: {@code BF16} or {@code F32}
 * @param address of its first element, aligned to 16 bytes
 * @param rows how many it has
 * @param columns elements of a row
 * @param rowBytes from one row to the next, a multiple of 16
 * @param boxRows rows of a box, at most 256
 * @param boxColumns elements of a row of a box
 * @param swizzleBytes the span within which 16-byte parts are swapped: 0, 32, 64 or 128
 */
public record MatrixMap(DType type, long address, long rows, long columns, long rowBytes, int boxRows, int boxColumns,
    int swizzleBytes) {}
