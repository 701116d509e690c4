package crema.nn.io;

import crema.tensor.Shape;

/**
 * Where a tensor is in a safetensors file.
 *
 * @param dtype the type of its elements
 * @param shape its extents
 * @param begin its first byte, counted from the end of the header
 * @param end the byte after its last
 */
public record StoredTensor(StoredType dtype, Shape shape, long begin, long end) {}
