/**
 * Keeps on a token Secret the day on which its token was used last, so that unused ones can be found and removed.
 * Source: kubernetes/kubernetes pkg/serviceaccount/legacy.go, legacyValidator.patchSecretWithLastUsedDate
 */
import { conflict, type KubeObject, StatusError } from '@ensign/apimachinery'
import { type LegacyTokenUse, lastUsedLabel } from '@ensign/authentication'
import { errorMessage, type Logger } from '@ensign/process'
import type { RequestContext } from '@ensign/registry'
import type { Objects } from './objects.ts'

export function noteLegacyTokenUse(objects: Objects, log: Logger, now: () => number): (use: LegacyTokenUse) => void {
  const context = (): RequestContext => ({
    user: { username: 'system:apiserver', groups: ['system:masters'] },
    now: now(),
    dryRun: false,
    subresource: '',
    fieldManager: 'kube-apiserver',
    warn: () => {},
  })
  /** Secrets whose label is being written: a token may be used many times before that is done. */
  const writing = new Set<string>()
  return ({ namespace, secret, uid, day }) => {
    const key = `${namespace}/${secret}`
    if (writing.has(key)) return
    writing.add(key)
    const labelled = (old: Readonly<KubeObject>): KubeObject => {
      if (old.metadata.uid !== uid)
        throw conflict({ group: '', resource: 'secrets' }, secret, 'it was deleted and made anew')
      return { ...old, metadata: { ...old.metadata, labels: { ...old.metadata.labels, [lastUsedLabel]: day } } }
    }
    objects
      .core('secrets')
      .update(namespace, secret, labelled, context())
      .catch((error: unknown) => {
        if (error instanceof StatusError && (error.reason === 'NotFound' || error.reason === 'Conflict')) return
        log.warn('the day of use could not be kept on a token Secret', {
          namespace,
          secret,
          error: errorMessage(error),
        })
      })
      .finally(() => writing.delete(key))
  }
}
