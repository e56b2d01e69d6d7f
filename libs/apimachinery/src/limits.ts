/** Characters of a label selector: as many as the URL of a request has. */
export const selectorLengthMax = 96 * 1024

/**
 * Requirements of a label selector, and terms of a field selector. All of them may be asked of every object there is, 20 ns
 * each: of 100,000 objects for a second. The values of one requirement are looked up in a set.
 */
export const selectorTermsMax = 500

/** Levels of arrays and objects inside each other. Source: Go's encoding/json scanner.go, maxNestingDepth. */
export const jsonDepthMax = 10_000

/** Levels that are kept: no kind has 50, and recursion stays far from the end of the stack. */
export const keptDepthMax = 1000

/** Characters of all problems of one object that are told: what is left out is more of the same. */
export const errorTextMax = 1_048_576

/** Messages inside each other. The deepest kind (Pod) needs 8. */
export const protobufDepthMax = 64

/**
 * Values (objects, lists, texts, numbers) of one body, however short each is. Decoding, defaults, checks and field owners take
 * up to 6 µs for each, on the event loop; a ConfigMap with 20,000 keys and all their owners has 40,000.
 */
export const valuesMax = 50_000

/** Reports of unknown and duplicate fields in one request. Source: sigs.k8s.io/json kubernetes_patch.go, saveStrictError. */
export const strictErrorsMax = 100

/** Values of a wrong type in one body that are looked past: an error, with its stack, is made of each. */
export const wrongValuesMax = 100
