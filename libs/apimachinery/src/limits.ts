/** Levels of arrays and objects inside each other. Go allows 10,000; no kind needs 50, and recursion stays far from the end of the stack. */
export const jsonDepthMax = 1000

/** Messages inside each other. The deepest kind (Pod) needs 8. */
export const protobufDepthMax = 64
