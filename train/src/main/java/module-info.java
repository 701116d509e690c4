/** Classifiers: what they are, and how they are trained, evaluated and loaded. */
module crema.train {
  requires static transitive org.jspecify;
  requires transitive crema.classic;
  requires transitive crema.images;
  requires transitive crema.tokenizer;
  requires java.net.http;

  // For training and building data only: whoever does brings them.
  requires static com.github.luben.zstd_jni;
  requires static commons.math3;
  requires static de.siegmar.fastcsv;
  requires static org.snakeyaml.engine;
  // For made-up products, whose pictures are drawn.
  requires static java.desktop;

  uses crema.classify.ModelFamily;

  provides crema.classify.ModelFamily with
      crema.family.encoder.EncoderFamily,
      crema.family.encoder.MultiTaskFamily,
      crema.family.encoder.TaskFamily,
      crema.family.fasttext.FastTextFamily,
      crema.family.fusion.FusionFamily,
      crema.family.image.ImageFamily,
      crema.family.linear.LinearFamily,
      crema.family.neighbours.NeighboursFamily,
      crema.family.stack.AutoFamily,
      crema.family.stack.StackFamily,
      crema.family.staged.StagedFamily;

  exports crema.audit;
  exports crema.classify;
  exports crema.corpus.marketplace;
  exports crema.corpus;
  exports crema.defaults;
  exports crema.embed;
  exports crema.family.encoder;
  exports crema.family.fasttext;
  exports crema.family.fusion;
  exports crema.family.image;
  exports crema.family.linear;
  exports crema.family.neighbours;
  exports crema.family.stack;
  exports crema.family.staged;
  exports crema.hub;
  exports crema.pretrain;
  exports crema.pretrained;
  exports crema.report;
  exports crema.run;
  exports crema.settings;
  exports crema.task;
  exports crema.tune;
}
