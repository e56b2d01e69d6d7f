/**
 * A small Prometheus registry. The hot path asks once for its series (`labels(…)`) and then only adds to a number.
 * Format: Prometheus text exposition format 0.0.4.
 */
import { seriesPerMetricMax } from './limits.ts'

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8'

export interface Counter {
  inc(by?: number): void
}
export interface Gauge extends Counter {
  set(value: number): void
}
export interface Histogram {
  /** In the unit that the metric's name ends with. */
  observe(value: number): void
}
/** A metric with labels. Keep what `labels` returns where it is used often. */
export interface Labelled<Series> {
  labels(...values: readonly string[]): Series
}

interface Definition {
  name: string
  help: string
  labels?: readonly string[]
}

export interface MetricsRegistry {
  counter(definition: Definition): Labelled<Counter>
  gauge(definition: Definition): Labelled<Gauge>
  histogram(definition: Definition & { buckets: readonly number[] }): Labelled<Histogram>
  /** A gauge without labels that is read only when somebody scrapes. */
  observed(definition: { name: string; help: string; type?: 'gauge' | 'counter' }, read: () => number): void
  /** The whole registry as Prometheus reads it. */
  expose(): string
}

export function createMetrics(): MetricsRegistry {
  const families = new Map<string, { type: string; help: string; lines: () => Iterable<string> }>()
  const labelled = <Series extends { lines(name: string, labels: string): string[] }>(
    type: string,
    { name, help, labels = [] }: Definition,
    create: () => Series,
  ): Labelled<Series> => {
    if (families.has(name)) throw new Error(`metric ${name} is defined twice`)
    const children = new Map<string, { text: string; series: Series }>()
    const lines = function* (): Generator<string> {
      for (const { text, series } of children.values()) yield* series.lines(name, text)
    }
    families.set(name, { type, help, lines })
    const find = (values: readonly string[]): Series => {
      const key = values.join('\u0000')
      const existing = children.get(key)
      if (existing) return existing.series
      if (values.length !== labels.length) throw new Error(`metric ${name} has the labels ${labels.join(', ')}`)
      const overflow = labels.map(() => 'other')
      if (children.size >= seriesPerMetricMax && key !== overflow.join('\u0000')) return find(overflow)
      const text = labels.map((label, i) => `${label}="${escapeLabel(values[i] ?? '')}"`).join(',')
      const series = create()
      children.set(key, { text, series })
      return series
    }
    // Without labels the one series exists from the start, so that a scrape sees its zero.
    if (labels.length === 0) find([])
    return { labels: (...values) => find(values) }
  }
  return {
    counter: (definition) => labelled('counter', definition, createNumber),
    gauge: (definition) => labelled('gauge', definition, createNumber),
    histogram: (definition) => labelled('histogram', definition, () => createHistogram(definition.buckets)),
    observed({ name, help, type = 'gauge' }, read) {
      if (families.has(name)) throw new Error(`metric ${name} is defined twice`)
      families.set(name, { type, help, lines: () => [`${name} ${number(read())}`] })
    },
    expose() {
      const lines: string[] = []
      for (const [name, family] of families) {
        lines.push(`# HELP ${name} ${escapeHelp(family.help)}`, `# TYPE ${name} ${family.type}`)
        // One by one: a family may have more lines than a call takes arguments.
        for (const line of family.lines()) lines.push(line)
      }
      return `${lines.join('\n')}\n`
    },
  }
}

function createNumber() {
  let value = 0
  return {
    inc: (by = 1) => {
      value += by
    },
    set: (to: number) => {
      value = to
    },
    lines: (name: string, labels: string) => [`${name}${braces(labels)} ${number(value)}`],
  }
}

function createHistogram(buckets: readonly number[]) {
  const bounds = Float64Array.from(buckets).sort()
  // One more than there are bounds: the last counts what lies above all of them.
  const counts = new Float64Array(bounds.length + 1)
  let sum = 0
  return {
    observe(value: number) {
      let i = 0
      while (i < bounds.length && value > (bounds[i] ?? 0)) i++
      counts[i] = (counts[i] ?? 0) + 1
      sum += value
    },
    lines(name: string, labels: string) {
      const lines: string[] = []
      const prefix = labels && `${labels},`
      let total = 0
      for (let i = 0; i <= bounds.length; i++) {
        total += counts[i] ?? 0
        const bound = bounds[i]
        lines.push(`${name}_bucket{${prefix}le="${bound === undefined ? '+Inf' : number(bound)}"} ${total}`)
      }
      lines.push(`${name}_sum${braces(labels)} ${number(sum)}`, `${name}_count${braces(labels)} ${total}`)
      return lines
    },
  }
}

function braces(labels: string): string {
  return labels && `{${labels}}`
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
