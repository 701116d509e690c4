/** Small programs, each of which shows one way to use Crema; nothing that another module needs. */
package crema.examples;
