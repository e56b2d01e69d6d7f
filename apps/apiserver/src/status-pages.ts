/**
 * /statusz and /flagz: what runs, since when, and with which options. For people, so in text alone.
 * Source: kubernetes/kubernetes staging/src/k8s.io/component-base/zpages (KEP-4827, KEP-4828)
 */
import { type ApiResponse, textResponse } from '@ensign/endpoints'
import { type Flags, flagText } from '@ensign/process'
import { kubernetesVersion } from './version.ts'

const component = 'kube-apiserver'
const notice = 'Warning: for debugging. The format may change at any time; do not parse it.'

export interface StatusPages {
  answer(path: string): ApiResponse | undefined
}

/** @param options by the flags' names, as they were read */
export function createStatusPages(parts: {
  flags: Flags
  options: Readonly<Record<string, unknown>>
  paths: readonly string[]
  now(): number
}): StatusPages {
  const startedAt = parts.now()
  const status = () => [
    `${component} statusz`,
    notice,
    '',
    `Started: ${new Date(startedAt).toUTCString()}`,
    `Up: ${upTime(parts.now() - startedAt)}`,
    `Node version: ${process.version}`,
    `Binary version: ${kubernetesVersion.gitVersion.slice(1)}`,
    `Emulation version: ${kubernetesVersion.major}.${kubernetesVersion.minor}`,
    `Paths: ${parts.paths.join(' ')}`,
  ]
  const flags = () => [
    `${component} flags`,
    notice,
    '',
    ...Object.entries(parts.flags)
      .map(([name, flag]) => `${name}=${withoutCredentials(flagText(flag, parts.options[name]))}`)
      .sort(),
  ]
  return {
    answer(path) {
      if (path === '/statusz') return textResponse(200, `\n${status().join('\n')}\n`)
      if (path === '/flagz') return textResponse(200, `\n${flags().join('\n')}\n`)
      return undefined
    },
  }
}

function upTime(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`
}

/** A store's address may carry a password, in front of the host or among the options behind it. */
const withoutCredentials = (text: string): string =>
  text.includes('://') ? text.replace(/\/\/[^/]*@/g, '//…@').replace(/\?.*$/, '?…') : text
