/** Qwen3 as an encoder of texts: config, modules and heads. */
package crema.nn.model.qwen3;
