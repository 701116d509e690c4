/** DistilBERT: config, modules and heads. */
package crema.nn.model.distilbert;
