/** Low-rank adapters beside the frozen weights of a model: their configs, layers and files, as PEFT has them. */
package crema.nn.adapter;
