import crema.nn.loss.EmbeddingLosses;
import crema.nn.loss.LossProvider;
import crema.nn.loss.StandardLosses;
import crema.nn.model.Architecture;
import crema.nn.model.bert.Bert;
import crema.nn.model.deberta.DebertaV2;
import crema.nn.model.distilbert.DistilBert;
import crema.nn.model.electra.Electra;
import crema.nn.model.modernbert.ModernBert;
import crema.nn.model.mpnet.Mpnet;
import crema.nn.model.nomicbert.NomicBert;
import crema.nn.model.prenorm.EuroBert;
import crema.nn.model.prenorm.PreNorm;
import crema.nn.model.qwen3.Qwen3;
import crema.nn.model.roberta.Camembert;
import crema.nn.model.roberta.Roberta;
import crema.nn.model.roberta.XlmRoberta;
import crema.nn.model.vision.Clip;
import crema.nn.model.vision.MobileNetV2;
import crema.nn.model.vision.ResNet;
import crema.nn.model.vision.VisionArchitecture;
import crema.nn.model.vision.Vit;

/** Layers, losses, optimizers, models and their file formats. */
module crema.nn {
  requires static transitive org.jspecify;
  requires transitive crema.autograd;

  exports crema.nn;
  exports crema.nn.adapter;
  exports crema.nn.io;
  exports crema.nn.loss;
  exports crema.nn.model;
  exports crema.nn.model.bert;
  exports crema.nn.model.deberta;
  exports crema.nn.model.distilbert;
  exports crema.nn.model.electra;
  exports crema.nn.model.modernbert;
  exports crema.nn.model.fusion;
  exports crema.nn.model.mpnet;
  exports crema.nn.model.nomicbert;
  exports crema.nn.model.prenorm;
  exports crema.nn.model.qwen3;
  exports crema.nn.model.roberta;
  exports crema.nn.model.vision;
  exports crema.nn.optim;
  exports crema.nn.train;

  uses Architecture;
  uses LossProvider;
  uses VisionArchitecture;

  provides Architecture with Bert, Camembert, DebertaV2, DistilBert, Electra, EuroBert, ModernBert, Mpnet, NomicBert,
      PreNorm, Qwen3, Roberta, XlmRoberta;
  provides LossProvider with StandardLosses, EmbeddingLosses;
  provides VisionArchitecture with Clip, MobileNetV2, ResNet, Vit;
}
