/** Limits of what is made of one object. */
export const limits = {
  /**
   * Pairs of a pod's ports, or of its volumes' files, that are compared for warnings; each with each, they would be 10⁹
   * in the largest body.
   */
  comparedPairsMax: 1_000_000,
  /** Warnings of one kind: the header of an answer has room for fewer. */
  warningsMax: 100,
} as const
