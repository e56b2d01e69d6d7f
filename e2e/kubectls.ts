import { type KubectlProgram, kubectlPrograms } from '@ensign/testing'
import { test } from 'vitest'

/** Of each kind one: from 1.32 on they send protobuf. */
const promised = ['1.27', '1.30', '1.33']

/** With each kubectl that is promised, and the newest of this machine; a missing one is a test that says so. */
export function forEachKubectl(tell: (program: KubectlProgram) => void): void {
  const programs = kubectlPrograms()
  const newest = programs.at(-1)?.version
  for (const version of new Set([...promised, ...(newest ? [newest] : [])])) {
    const program = programs.find((each) => each.version === version)
    if (program) tell(program)
    else
      test(`kubectl ${version}`, ({ skip }) =>
        skip(`this machine has no kubectl ${version} beside the one on the PATH`))
  }
}
