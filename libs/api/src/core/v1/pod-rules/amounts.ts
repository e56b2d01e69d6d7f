/** Arithmetic on amounts of resources. Decoding has refused whatever is no quantity. */
import { formatQuantity, parseQuantity } from '@ensign/apimachinery'

export type Amounts = Readonly<Record<string, string>>

export const nanosPerOne = 1_000_000_000n
const nanosPerMilli = 1_000_000n

export const nanosOf = (amount: string): bigint => parseQuantity(amount).nanos

export const isNegative = (amount: string): boolean => amount.startsWith('-') && nanosOf(amount) < 0n

/** Whether there is a part of it below `unit`, after what is below a thousandth was rounded up. */
const hasFraction = (nanos: bigint): boolean => roundedUp(nanos, nanosPerMilli) % nanosPerOne !== 0n

export const isFractional = (amount: string): boolean => hasFraction(nanosOf(amount))

/** Up, away from zero. */
const roundedUp = (nanos: bigint, unit: bigint): bigint => {
  const rest = nanos % unit
  if (rest === 0n) return nanos
  return nanos > 0n ? nanos - rest + unit : nanos - rest - unit
}

/** Whole units of it, rounded up. */
export const wholeOf = (nanos: bigint): bigint => roundedUp(nanos, nanosPerOne) / nanosPerOne

/** The smallest part that Kubernetes keeps of a container's resources. Source: pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList. */
export function withoutTinyParts(amount: string): string {
  // Only these notations reach below a thousandth; canonical amounts have no other form of it.
  if (!/[nu]$|\.|[eE]-/.test(amount)) return amount
  const { nanos, notation } = parseQuantity(amount)
  const rounded = roundedUp(nanos, nanosPerMilli)
  return rounded === nanos ? amount : formatQuantity({ nanos: rounded, notation })
}

/** The sum, in the notation of the first. */
export const sumOf = (a: string, b: string): string => {
  const first = parseQuantity(a)
  // A sum that starts from nothing takes the other's notation.
  return first.nanos === 0n ? b : formatQuantity({ nanos: first.nanos + nanosOf(b), notation: first.notation })
}
