/**
 * `npm run check`: what can be said of the code without running it. Every check runs, whatever the others find.
 */
import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importProblems } from './imports.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
process.env.PATH = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`

const commands: Record<string, string[]> = {
  types: ['tsc', '-p', 'tsconfig.json'],
  'format and lint': ['biome', 'ci', '--colors=off', '.'],
  protobuf: ['buf', 'lint'],
  'protobuf format': ['buf', 'format', '--diff', '--exit-code'],
  'generated code': [process.execPath, 'tools/generate/main.ts', '--check'],
}

let failed = 0
for (const [name, [command = '', ...args]] of Object.entries(commands)) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  report(name, status === 0 ? [] : [`${stdout}${stderr}`.trim() || `${command} ended with ${status}`])
}
report('imports', importProblems(root))
process.exit(failed > 0 ? 1 : 0)

function report(name: string, problems: readonly string[]): void {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  for (const problem of problems) console.log(problem.replace(/^/gm, '       '))
  if (problems.length > 0) failed++
}
