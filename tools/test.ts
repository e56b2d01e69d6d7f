/**
 * `npm test`: every test of the repository in one run, with `N passed, N failed, N skipped` as its last line.
 * Arguments go to vitest, e.g. `npm test -- libs/store` or `npm test -- -t "a name"`.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// Read once, when Vitest is loaded: a log file is no place for colours.
if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1'
const { startVitest } = await import('vitest/node')

const root = fileURLToPath(new URL('..', import.meta.url))
const [...filters] = process.argv.slice(2)
const at = filters.indexOf('-t')
const testNamePattern = at >= 0 ? filters.splice(at, 2)[1] : undefined

const vitest = await startVitest('test', filters, {
  root,
  watch: false,
  // A forgotten `.only` would be green with all the rest not run.
  allowOnly: false,
  reporters: [process.stdout.isTTY ? 'default' : 'dot'],
  ...(testNamePattern && { testNamePattern }),
})
const modules = vitest.state.getTestModules()
const count = { passed: 0, failed: 0, skipped: 0 }
for (const module of modules) {
  let silent = 0
  for (const test of module.children.allTests()) {
    const { state } = test.result()
    count[state === 'passed' || state === 'failed' ? state : 'skipped']++
    if (state !== 'skipped' || testNamePattern) continue
    const reason = reasonOf(test.result())
    if (reason) console.log(`skipped: ${test.fullName}: ${reason}`)
    else silent++
  }
  if (silent > 0) console.log(`skipped: ${silent} more tests of ${relative(root, module.moduleId)}`)
  // A file that cannot be loaded has no tests to fail, and a failed hook leaves its tests skipped or passed.
  for (const suite of [module, ...module.children.allSuites()]) count.failed += suite.errors().length
}
count.failed += vitest.state.getUnhandledErrors().length
await vitest.close()
if (modules.length === 0) count.failed++
// Whatever else Vitest minds.
if (count.failed === 0 && process.exitCode) count.failed++
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exit(count.failed > 0 ? 1 : 0)

function reasonOf(result: object): string | undefined {
  return 'note' in result && typeof result.note === 'string' ? result.note : undefined
}
