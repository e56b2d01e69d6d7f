/** Levels of arrays and objects inside each other. Source: Go's encoding/json scanner.go, maxNestingDepth. */
export const jsonDepthMax = 10_000

/** Levels that are kept: no kind has 50, and recursion stays far from the end of the stack. */
export const keptDepthMax = 1000

/** Messages inside each other. The deepest kind (Pod) needs 8. */
export const protobufDepthMax = 64
