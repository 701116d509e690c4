import crema.nn.loss.LossProvider;
import crema.nn.loss.StandardLosses;
import crema.nn.model.Architecture;
import crema.nn.model.bert.Bert;
import crema.nn.model.prenorm.PreNorm;

/** Layers, losses, optimizers, models and their file formats. */
module crema.nn {
  requires static transitive org.jspecify;
  requires transitive crema.autograd;

  exports crema.nn;
  exports crema.nn.io;
  exports crema.nn.loss;
  exports crema.nn.model;
  exports crema.nn.model.bert;
  exports crema.nn.model.prenorm;
  exports crema.nn.optim;
  exports crema.nn.train;

  uses Architecture;
  uses LossProvider;

  provides Architecture with Bert, PreNorm;
  provides LossProvider with StandardLosses;
}
