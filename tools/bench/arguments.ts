import type { Benchmark } from './figure.ts'

export interface Arguments {
  readonly help: boolean
  /** Names of benchmarks; all when empty. */
  readonly only: readonly string[]
  /** Print JSON instead of the table. */
  readonly json: boolean
  /** Write JSON to this file, beside the table. */
  readonly jsonFile?: string
}

/** @param known names for `--only`. */
export function parseArguments(argv: readonly string[], known: readonly string[]): Arguments | { problem: string } {
  const only: string[] = []
  let parsed: Arguments = { help: false, only, json: false }
  const rest = argv.flatMap((word) => (/^--\w+=/.test(word) ? splitOnce(word) : [word]))
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = rest[0]?.startsWith('-') ? undefined : rest[0]
    if (word === '--help' || word === '-h') parsed = { ...parsed, help: true }
    else if (word === '--json' && value === undefined) parsed = { ...parsed, json: true }
    else if (word === '--json') parsed = { ...parsed, jsonFile: rest.shift() as string }
    else if (word === '--only' && value !== undefined && known.includes(value)) only.push(rest.shift() as string)
    else if (word === '--only') return { problem: `--only takes one of: ${known.join(', ')}` }
    else return { problem: `unknown argument "${word}"` }
  }
  return parsed
}

function splitOnce(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

export function usage(benchmarks: readonly Benchmark[]): string {
  return `Usage: npm run bench -- [--only NAME]... [--json [FILE]]

--json prints JSON instead of the table, or writes it to FILE beside the table.

${benchmarks.map(({ name, title }) => `  ${name.padEnd(10)}${title}\n`).join('')}`
}
