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

/**
 * Characters of all problems of one object that are told: some hundred problems of names of 253 characters. What is left out
 * is more of the same. A small body can have many problems, each of which repeats a large part of it.
 */
export const errorTextMax = 128 * 1024

/** Characters of one value that an error repeats: a pod with all its fields and their owners has 20,000. */
export const shownValueMax = 32 * 1024

/** Conflicts of one apply that are put into words, before it is seen how many of them there is room for. */
export const conflictsMax = 1000

/** Characters of the message of a Status: all that is told, with what stands around it. */
export const statusMessageMax = 2 * errorTextMax

/** Characters of a name in a Status: of an object that is served 253. */
export const statusNameMax = 1024

/** Messages inside each other. The deepest kind (Pod) needs 8. */
export const protobufDepthMax = 64

/**
 * Values (objects, lists, texts, numbers) of one body, however short each is. Decoding, defaults, checks and field owners take
 * up to 6 µs for each, on the event loop; a ConfigMap with 20,000 keys and all their owners has 40,000.
 */
export const valuesMax = 50_000

/**
 * Members and elements that one strategic merge copies: those of the largest object and of the largest patch, twice over, at
 * some 0.2 µs each.
 */
export const mergedValuesMax = 4 * valuesMax

/**
 * Elements of lists that one JSON patch moves up or down, at some 5 ns each: 10,000 operations at the start of a list of 2,000,
 * or 400 of the longest list.
 */
export const movedElementsMax = 20_000_000

/** Reports of unknown and duplicate fields in one request. Source: sigs.k8s.io/json kubernetes_patch.go, saveStrictError. */
export const strictErrorsMax = 100

/** Values of a wrong type in one body that are looked past: an error, with its stack, is made of each. */
export const wrongValuesMax = 100
