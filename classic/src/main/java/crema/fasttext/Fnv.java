package crema.fasttext;

/**
 * The 32-bit FNV-1a hash as fastText computes it: each byte is sign-extended before it is mixed in, so that bytes of
 * 128 and more also flip the upper 24 bits. Every published model depends on it.
 */
final class Fnv {
  static final int BASIS = 0x811C9DC5;
  private static final int PRIME = 16777619;

  private Fnv() {}

  static int add(int hash, byte b) {
    return (hash ^ b) * PRIME;
  }

  static int hash(byte[] bytes, int from, int to) {
    int hash = BASIS;
    for (int i = from; i < to; i++) {
      hash = add(hash, bytes[i]);
    }
    return hash;
  }
}
