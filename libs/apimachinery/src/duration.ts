/**
 * How long ago, in the short form of kubectl's AGE column.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go, HumanDuration
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return minutes % 60 ? `${hours}h${minutes % 60}m` : `${hours}h`
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 24 * 8) return hours % 24 ? `${days}d${hours % 24}h` : `${days}d`
  if (hours < 24 * 365 * 2) return `${days}d`
  const years = Math.trunc(days / 365)
  if (hours < 24 * 365 * 8) return days % 365 ? `${years}y${days % 365}d` : `${years}y`
  return `${years}y`
}

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** The duration, in milliseconds, at which the text of `ms` gives way to the next one. */
function humanDurationUntil(ms: number): number {
  const unit = ms < 10 * minuteMs ? secondMs : ms < 8 * hourMs ? minuteMs : ms < 8 * dayMs ? hourMs : dayMs
  return (Math.floor(ms / unit) + 1) * unit
}

/** A point in time for texts that show ages. It knows until when these stay as they are. */
export class Moment {
  /** Milliseconds since the epoch. */
  readonly now: number
  #until = Number.POSITIVE_INFINITY

  constructor(now: number) {
    this.now = now
  }

  /** Milliseconds since the epoch at which the first of the ages that were asked for is another one. */
  get until(): number {
    return this.#until
  }

  age(timestamp: string | undefined | null): string {
    if (timestamp) {
      const since = Date.parse(timestamp)
      this.#until = Math.min(this.#until, since + humanDurationUntil(this.now - since))
    }
    return ageOf(timestamp, this.now)
  }
}

/** Age of a timestamp at `now` (ms since the epoch), `<unknown>` when there is none. */
export function ageOf(timestamp: string | undefined | null, now: number): string {
  if (!timestamp) return '<unknown>'
  return humanDuration(now - Date.parse(timestamp))
}
