/**
 * Where Ensign answers otherwise than the recorded kube-apiserver, and why. A step that is named here must differ: when it
 * no longer does, its line goes.
 */
export interface ExpectedDifference {
  /** `topic/name` of the scenario. */
  readonly scenario: string
  /** Labels of its steps: what stands before the method. */
  readonly steps: readonly string[]
  /** Says it to users too: docs/compatibility.md. */
  readonly why: string
}

/** On purpose, and to stay. */
export const deliberate: readonly ExpectedDifference[] = []

/** What is not built yet. */
export const notYet: readonly ExpectedDifference[] = []
