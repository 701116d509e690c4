package crema.tensor;

import java.util.Map;
import java.util.Optional;

/**
 * A device with processors of its own that a provider found.
 *
 * @param device opens it
 * @param name of the product
 * @param precision in which it computes layers unless asked for another
 * @param facts names and values for people, in order
 * @param refusal why it cannot be used, with what to do about it; empty if it can
 */
public record DeviceInfo(Device device, String name, Precision precision, Map<String, String> facts,
    Optional<String> refusal) {}
