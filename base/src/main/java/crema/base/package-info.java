/**
 * What all modules stand on, and nothing of a domain: atomic files, hashes, seeded random streams, the pool of
 * threads, the label tree, and the mistakes of a user.
 */
package crema.base;
