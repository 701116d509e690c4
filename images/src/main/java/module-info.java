/** Pictures: reading, resizing, preparing for a model, and a cache of prepared ones. Knows no tensors. */
module crema.images {
  requires static transitive org.jspecify;
  requires transitive crema.base;
  requires java.desktop;
  requires java.net.http;

  // WebP: whoever has such pictures brings a library that reads them.
  uses javax.imageio.spi.ImageReaderSpi;

  exports crema.data.image;
}
