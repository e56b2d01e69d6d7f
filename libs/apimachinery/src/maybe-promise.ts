/**
 * A value, or the promise of one. What need not be waited for is not: most reads are answered in the turn of the event
 * loop in which they come, and a promise at each step would cost them a tenth of their time.
 */
export type MaybePromise<T> = T | Promise<T>

/** Goes on with a value, at once if it is there. Whatever `next` throws is thrown, or rejects. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value)
}
