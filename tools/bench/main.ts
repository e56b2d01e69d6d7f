/**
 * `npm run bench`: builds the plane and prints how fast it is, beside how fast this machine could be at all, measured in
 * the same run. Goals are shares of that limit, so that they hold on any machine.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArguments, usage } from './arguments.ts'
import { coldStart } from './cold-start.ts'
import { creates } from './creates.ts'
import type { Benchmark, Figure } from './figure.ts'
import { hasH2load } from './load.ts'
import { manyAccounts } from './many-accounts.ts'
import { reads } from './reads.ts'
import { jsonText, tableText } from './report.ts'
import { representations } from './representations.ts'
import { reviews } from './reviews.ts'
import { tokens } from './tokens.ts'
import { watches } from './watches.ts'

const benchmarks: readonly Benchmark[] = [
  coldStart,
  reads,
  representations,
  tokens,
  reviews,
  creates,
  watches,
  manyAccounts,
]

const asked = parseArguments(
  process.argv.slice(2),
  benchmarks.map(({ name }) => name),
)
if ('problem' in asked) {
  process.stderr.write(`${asked.problem}\n\n${usage(benchmarks)}`)
  process.exit(2)
}
if (asked.help) {
  process.stdout.write(usage(benchmarks))
  process.exit(0)
}

execFileSync(process.execPath, [fileURLToPath(new URL('../build.ts', import.meta.url))], { stdio: 'pipe' })
if (!hasH2load()) process.stderr.write('h2load is not on the PATH: an own generator is used, which shows lower rates\n')
const figures: Figure[] = []
for (const { name, title, run } of benchmarks) {
  if (asked.only.length > 0 && !asked.only.includes(name)) continue
  process.stderr.write(`measuring ${title}\n`)
  figures.push(...(await run()))
}
if (asked.jsonFile !== undefined) writeFileSync(asked.jsonFile, jsonText(figures))
process.stdout.write(asked.json ? jsonText(figures) : `\n${tableText(figures)}`)
