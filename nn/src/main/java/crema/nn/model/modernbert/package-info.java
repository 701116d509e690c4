/** ModernBERT: config, modules and heads. */
package crema.nn.model.modernbert;
