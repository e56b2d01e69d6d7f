/**
 * Adds the elements of all lists. What `push` is given goes through the stack, which a client's list could be too long for.
 */
export function append<T>(list: T[], ...more: (readonly T[])[]): void {
  for (const elements of more) for (const element of elements) list.push(element)
}
