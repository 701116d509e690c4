package crema.ptx;

/**
 * Bytes that a launch asked of one allocation, without those that a sector holds beside.
 *
 * @param name the allocation's name
 * @param readBytes bytes loaded
 * @param writtenBytes bytes stored
 */
public record AllocationTraffic(String name, long readBytes, long writtenBytes) {}
