/** What a benchmark found out. */
export interface Figure {
  /** `GET of one ServiceAccount` */
  readonly name: string
  readonly value: number
  readonly unit: Unit
  /** What this machine could do at best, measured in the same run. The goal's share is of the first. */
  readonly limits: readonly Limit[]
  readonly goal?: Goal
}

export type Unit = '/s' | 's' | 'ms' | 'MiB'

export interface Limit {
  readonly name: string
  readonly value: number
}

export type Goal = { readonly atMost: number } | { readonly shareOfLimit: number }

/** A group of figures that need the same things to run. */
export interface Benchmark {
  /** For `--only`. */
  readonly name: string
  readonly title: string
  run(): Promise<readonly Figure[]>
}

/** The part of the first limit that was reached; undefined when there is none. */
export function shareOf({ value, limits }: Figure): number | undefined {
  return limits[0] && value / limits[0].value
}

export function goalText({ goal, unit }: Figure): string {
  if (!goal) return ''
  return 'atMost' in goal ? `≤ ${goal.atMost} ${unit}` : `≥ ${Math.round(goal.shareOfLimit * 100)} %`
}

/** Undefined when there is no goal. */
export function isMet(figure: Figure): boolean | undefined {
  const { goal, value } = figure
  if (!goal) return undefined
  return 'atMost' in goal ? value <= goal.atMost : (shareOf(figure) ?? 0) >= goal.shareOfLimit
}
