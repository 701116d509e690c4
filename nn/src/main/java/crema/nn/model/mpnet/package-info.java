/** MPNet: config, modules and heads. */
package crema.nn.model.mpnet;
