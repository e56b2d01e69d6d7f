/** What `ensign up` prints: plain text of at most 80 columns, the same on a terminal and in a pipe. */
import { basename, relative } from 'node:path'
import { discoveryPath } from '@ensign/keypair'
import type { Place } from './place.ts'

/** A path as a person would type it from here. */
export function shortPath(path: string): string {
  const short = relative('', path)
  return short === '' || short.startsWith('../..') ? path : short
}

/** @param container by which name an engine knows the container that the plane runs in, if it runs in one */
export function readyText(place: Place, adminKubeconfig: string, elapsedMs: number, container?: string): string {
  const [issuer = ''] = place.issuers
  const rows: readonly (readonly [string, string])[] = [
    ['Kubernetes API', place.server],
    ['Issuer', issuer],
    ['Discovery', `${issuer.replace(/\/$/, '')}${discoveryPath}`],
    ['Objects', storeText(place.storeUrl)],
    ['Admin kubeconfig', container === undefined ? shortPath(adminKubeconfig) : adminKubeconfig],
  ]
  return `${rows.map(([name, value]) => `  ${name.padEnd(17)} ${value}\n`).join('')}
Ready after ${(elapsedMs / 1000).toFixed(2)} s. Try in another terminal:

${accessText(adminKubeconfig, container)}
  kubectl create namespace shop
  kubectl create serviceaccount till -n shop
  kubectl create token till -n shop

${container === undefined ? '' : `"docker stop ${container}" or `}Ctrl-C stops the plane.
The next start finds everything as it was.
`
}

/** How a person becomes administrator. */
export function accessText(adminKubeconfig: string, container: string | undefined): string {
  if (container === undefined) return `  export KUBECONFIG=${quoted(shortPath(adminKubeconfig))}`
  return `  docker cp ${container}:${quoted(adminKubeconfig)} .
  export KUBECONFIG=${quoted(basename(adminKubeconfig))}`
}

/** By what name an engine knows a container: its host is called by the first twelve digits of its id unless told otherwise. */
export function containerOf(hostname: string): string {
  return /^[0-9a-f]{12}$/.test(hostname) ? hostname : 'CONTAINER'
}

/** A store address without the password it may carry. */
export function storeText(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}

/** As a shell reads it back. */
export function quoted(word: string): string {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
