package crema.tensor.reference;

import crema.tensor.Tensor;
import crema.tensor.Write;
import org.jspecify.annotations.Nullable;

/** A tensor's elements by their index, as doubles: what the reference ops are written with. */
record Elements(ReferenceStorage storage, long offset, long count) {
  static Elements of(Tensor tensor) {
    return new Elements(ReferenceStorage.of(tensor), tensor.offset(), tensor.elements());
  }

  static @Nullable Elements ofNullable(@Nullable Tensor tensor) {
    return tensor == null ? null : of(tensor);
  }

  double get(long index) {
    return storage.get(offset + index);
  }

  int getInt(long index) {
    return (int) storage.get(offset + index);
  }

  void set(long index, double value) {
    storage.set(offset + index, value);
  }

  void add(long index, double value) {
    storage.set(offset + index, storage.get(offset + index) + value);
  }

  /** Overwrites an element, or adds to it. */
  void put(long index, double value, Write write) {
    switch (write) {
      case SET -> set(index, value);
      case ADD -> add(index, value);
    }
  }
}
