/** NomicBERT: config, modules and heads. */
package crema.nn.model.nomicbert;
