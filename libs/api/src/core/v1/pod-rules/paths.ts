/**
 * Rules for paths inside of volumes, and for the modes of files there.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go
 */
import { type FieldError, type FieldPath, type NameRule, outOfRange } from '@ensign/apimachinery'

/** validatePathNoBacksteps. */
export const staysBelow: NameRule = (path) => (path.split('/').includes('..') ? ["must not contain '..'"] : [])

/** validateLocalDescendingPath. */
export const isDescendingPath: NameRule = (path) => [
  ...(path.startsWith('/') ? ['must be a relative path'] : []),
  ...staysBelow(path),
]

/** ValidateLocalNonReservedPath: names that start with two dots are those a kubelet swaps folders by. */
export const isFreePath: NameRule = (path) => [
  ...isDescendingPath(path),
  ...(path.startsWith('..') && !path.startsWith('../') ? ["must not start with '..'"] : []),
]

export const fileModeErrors = (path: FieldPath, mode: number | undefined): FieldError[] =>
  outOfRange(path, mode, 0, 0o777, 'must be a number between 0 and 0777 (octal), both inclusive')
