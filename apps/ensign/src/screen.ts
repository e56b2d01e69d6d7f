/** What `ensign up` prints: plain text of at most 80 columns, the same on a terminal and in a pipe. */
import { relative } from 'node:path'
import { discoveryPath } from '@ensign/keypair'
import type { Place } from './place.ts'

/** A path as a person would type it from here. */
export function shortPath(path: string): string {
  const short = relative('', path)
  return short === '' || short.startsWith('../..') ? path : short
}

export function readyText(place: Place, adminKubeconfig: string, elapsedMs: number): string {
  const [issuer = ''] = place.issuers
  const rows: readonly (readonly [string, string])[] = [
    ['Kubernetes API', place.server],
    ['Issuer', issuer],
    ['Discovery', `${issuer.replace(/\/$/, '')}${discoveryPath}`],
    ['Objects', storeText(place.storeUrl)],
    ['Admin kubeconfig', shortPath(adminKubeconfig)],
  ]
  return `${rows.map(([name, value]) => `  ${name.padEnd(17)} ${value}\n`).join('')}
Ready after ${(elapsedMs / 1000).toFixed(2)} s. Try in another terminal:

  export KUBECONFIG=${quoted(shortPath(adminKubeconfig))}
  kubectl create namespace shop
  kubectl create serviceaccount till -n shop
  kubectl create token till -n shop

Ctrl-C stops the plane; the next start finds everything as it was.
`
}

/** A store address without the password it may carry. */
export function storeText(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}

/** As a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
