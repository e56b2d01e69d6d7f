import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type ProgramResult, runProgram } from './program.ts'

/** One kubectl that this machine has. */
export interface KubectlProgram {
  readonly path: string
  /** `1.32` */
  readonly version: string
}

/**
 * Every kubectl of this machine, the oldest first, one per minor version: that of the PATH and its siblings
 * (`kubectl.1.27` and so on, as the Google Cloud SDK installs them).
 */
export function kubectlPrograms(): readonly KubectlProgram[] {
  const found = new Map<string, KubectlProgram>()
  for (const path of candidates()) {
    const version = versionOf(path)
    if (version !== undefined && !found.has(version)) found.set(version, { path, version })
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }))
}

/** Runs kubectl to its end; it never asks and never reads another configuration. */
export function kubectl(program: KubectlProgram, kubeconfig: string, args: readonly string[]): Promise<ProgramResult> {
  return runProgram(program.path, args, { env: { HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig } })
}

function candidates(): string[] {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kubectl'))
    .find((path) => existsSync(path))
  if (onPath === undefined) return []
  const folder = dirname(realpathSync(onPath))
  const siblings = readdirSync(folder).filter((name) => /^kubectl[.-]?v?1\.\d+/.test(name))
  return [...siblings.map((name) => join(folder, name)), onPath]
}

function versionOf(path: string): string | undefined {
  try {
    const text = execFileSync(path, ['version', '--client', '--output=json'], { encoding: 'utf8', stdio: 'pipe' })
    return /"gitVersion":\s*"v(\d+\.\d+)/.exec(text)?.[1]
  } catch {
    return undefined
  }
}
