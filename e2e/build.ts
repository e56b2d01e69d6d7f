/** Bundles the services once, before any test of this folder: what is tested is what is released. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../tools/build.ts', import.meta.url))], { stdio: 'pipe' })
}
