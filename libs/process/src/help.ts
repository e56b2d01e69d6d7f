import { commonFlags, envName, type Flag, type Flags } from './flags.ts'

const width = 80
const indent = '      '

/** The text of `--help`: what the program is for, every flag of its table, and the names of those that do nothing. */
export function helpText(
  flags: Flags,
  about: { usage: string; summary: string; withoutEffect?: readonly string[] },
): string {
  const lines = [`Usage: ${about.usage}`, '', ...wrap(about.summary, ''), '', 'Flags:']
  for (const [name, flag] of Object.entries({ ...flags, ...commonFlags })) {
    const placeholder = flag.parse.placeholder ?? 'VALUE'
    lines.push(`  --${name}${placeholder && ` ${placeholder}`}`)
    lines.push(...wrap(`${flag.help}${notes(name, flag)}`, indent))
  }
  const { withoutEffect = [] } = about
  if (withoutEffect.length > 0)
    lines.push('', 'Accepted, logged, and without effect:', ...wrap(withoutEffect.join(', '), indent))
  return `${lines.join('\n')}\n`
}

/** The flag reference as a Markdown table, for `docs/`. */
export function flagTable(flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const cells = [`\`--${name}\``, `\`${envName(name, flag)}\``, defaultText(flag), flag.help]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['| flag | environment | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function notes(name: string, flag: Flag<unknown>): string {
  const parts = [
    flag.required && 'required',
    flag.repeatable && 'may be repeated',
    defaultText(flag) && `default ${defaultText(flag)}`,
    `env ${envName(name, flag)}`,
  ]
  return ` [${parts.filter(Boolean).join('; ')}]`
}

const defaultText = (flag: Flag<unknown>): string => flagText(flag, flag.default)

/** A value of the flag as one would write it; empty for none. */
export function flagText(flag: Flag<unknown>, value: unknown): string {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) return ''
  if (typeof value === 'number' && flag.parse.placeholder === 'DURATION') return durationText(value)
  return Array.isArray(value) ? value.join(',') : String(value)
}

/** Milliseconds in Go's syntax, in the largest units that divide them. */
export function durationText(ms: number): string {
  if (ms === 0) return '0s'
  const sign = ms < 0 ? '-' : ''
  let rest = Math.abs(ms)
  let text = ''
  for (const [unit, size] of [['h', 3_600_000] as const, ['m', 60_000] as const, ['s', 1000] as const]) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return sign + text + (rest > 0 ? `${rest}ms` : '')
}

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = []
  let line = prefix
  for (const word of text.split(/\s+/)) {
    if (line.length > prefix.length && line.length + 1 + word.length > width) {
      lines.push(line)
      line = prefix
    }
    line += (line.length > prefix.length ? ' ' : '') + word
  }
  return [...lines, line]
}
