import { ensignVersion, kubernetesVersion } from '@ensign/apiserver/src/version.ts'
import type { ProgramContext } from '@ensign/process'

export async function version({ stdout }: Pick<ProgramContext, 'stdout'>): Promise<number> {
  const { major, minor } = kubernetesVersion
  stdout.write(`ensign ${ensignVersion} (Kubernetes ${major}.${minor}, Node ${process.versions.node})\n`)
  return 0
}
