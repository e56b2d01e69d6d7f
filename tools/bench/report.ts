/** The figures of one run as a table for a terminal of 80 columns, and as JSON. */
import { cpus, totalmem } from 'node:os'
import { type Figure, goalText, isMet, shareOf } from './figure.ts'

interface Row {
  readonly cells: readonly string[]
}

const columns = ['work', 'measured', 'limit', 'here', '%', 'goal', ''] as const
/** Columns of numbers, which stand at the right. */
const numeric = new Set([1, 2, 4, 5])

export function tableText(figures: readonly Figure[]): string {
  const rows: Row[] = [{ cells: columns }, ...figures.flatMap(rowsOf)]
  const widths = columns.map((_, i) => Math.max(...rows.map(({ cells }) => (cells[i] ?? '').length)))
  const line = ({ cells }: Row) =>
    widths
      .map((width, i) => (numeric.has(i) ? (cells[i] ?? '').padStart(width) : (cells[i] ?? '').padEnd(width)))
      .join('  ')
      .trimEnd()
  return `${rows.map(line).join('\n')}\n`
}

function rowsOf(figure: Figure): Row[] {
  const { name, value, unit, limits } = figure
  const [first, ...others] = limits
  const share = shareOf(figure)
  const met = isMet(figure)
  const cells = [
    name,
    amount(value, unit),
    first ? amount(first.value, unit) : '',
    first?.name ?? '',
    // Of a time or a size the limit is the least there can be: a share would say nothing.
    share === undefined || unit !== '/s' ? '' : `${Math.round(share * 100)} %`,
    goalText(figure),
    met === undefined ? '' : met ? 'ok' : 'no',
  ]
  const rest = others.map((limit) => ({
    cells: ['', '', amount(limit.value, unit), limit.name, `${Math.round((value / limit.value) * 100)} %`],
  }))
  return [{ cells }, ...rest]
}

function amount(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case '/s':
      return `${Math.round(value).toLocaleString('en-US')}/s`
    case 's':
      return `${value.toFixed(2)} s`
    case 'ms':
      return `${value.toFixed(1)} ms`
    case 'MiB':
      return `${Math.round(value)} MiB`
  }
}

export function jsonText(figures: readonly Figure[]): string {
  const machine = { cores: cpus().length, memoryMiB: Math.round(totalmem() / 2 ** 20), node: process.version }
  const rows = figures.map((figure) => ({
    ...figure,
    ...(shareOf(figure) !== undefined && { shareOfLimit: shareOf(figure) }),
    ...(isMet(figure) !== undefined && { goalMet: isMet(figure) }),
  }))
  return `${JSON.stringify({ machine, figures: rows }, undefined, 2)}\n`
}
