/**
 * Characters of a token. A bound token has some 1,100; the largest that kubectl can ask for, with a hundred long
 * audiences, stays below this. Longer ones are refused before anything is decoded.
 */
export const tokenLengthMax = 32 * 1024

/** Characters of a `kid`. Source: k8s.io/externaljwt api.proto, "Key.key_id". */
export const keyIdLengthMax = 1024

/** Blocks of one PEM file: a key, its predecessors and a chain of certificates are far fewer. */
export const pemBlocksMax = 1000

/** Bits of an RSA modulus. RFC 7518 §3.3 asks for it; every cloud refuses less. */
export const rsaBitsMin = 2048
