/**
 * serviceaccounts/token: a new token for an account, perhaps bound to a pod, secret or node.
 * Source: kubernetes/kubernetes pkg/registry/core/serviceaccount/storage/token.go,
 * pkg/apis/authentication/validation/validation.go, pkg/apis/authentication/v1/defaults.go
 */
import { randomUUID } from 'node:crypto'
import type { Pod, ServiceAccount, TokenRequest } from '@ensign/api'
import {
  badRequest,
  conflict,
  type FieldError,
  type Int64,
  internalError,
  invalid,
  invalidValue,
  type KubeObject,
} from '@ensign/apimachinery'
import { type Binding, boundClaims, tokenLifetime } from '@ensign/authentication'
import type { ActionHandler } from '@ensign/endpoints'
import type { Signer } from '@ensign/keypair'
import { timestamp } from '@ensign/registry'
import type { Objects } from './objects.ts'

/** Seconds. Source: pkg/apis/authentication/v1/defaults.go */
const expirationSecondsDefault = 3600
/** Seconds (10 minutes). Source: pkg/apis/authentication/validation/validation.go, MinTokenAgeSec. */
const expirationSecondsMin = 600
const expirationSecondsMax = 2 ** 32

const tokenRequestResource = { group: 'authentication.k8s.io', resource: 'TokenRequest' }

export interface TokenRequestOptions {
  readonly objects: Objects
  readonly issuer: string
  readonly apiAudiences: readonly string[]
  /** Seconds; 0 is no limit. */
  readonly maxExpirationSeconds: number
  readonly extendExpiration: boolean
  signer(): Signer
}

export function tokenRequestAction(options: TokenRequestOptions): ActionHandler {
  const accounts = options.objects.core('serviceaccounts')
  return async ({ object, namespace, name, context, validate }) => {
    const request = object as unknown as TokenRequest
    const { metadata } = request
    if (metadata.name && metadata.name !== name)
      throw refused(name, [
        invalidValue('metadata.name', metadata.name, 'must match the service account name if specified'),
      ])
    const account = (await accounts.get(namespace, name)).object as ServiceAccount
    if (metadata.uid && metadata.uid !== account.metadata.uid) {
      throw conflict(
        tokenRequestResource,
        name,
        `the UID in the token request (${metadata.uid}) does not match the UID of the service account (${account.metadata.uid})`,
      )
    }
    const audiences = request.spec.audiences?.length ? request.spec.audiences : [...options.apiAudiences]
    const requestedSeconds = checkedExpiration(request.spec.expirationSeconds ?? expirationSecondsDefault)
    const effective: TokenRequest = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        ...metadata,
        name,
        namespace,
        uid: account.metadata.uid as string,
        creationTimestamp: timestamp(context.now),
      },
      spec: {
        ...request.spec,
        audiences,
        expirationSeconds: requestedSeconds,
        boundObjectRef: request.spec.boundObjectRef ?? null,
      },
      status: { token: '', expirationTimestamp: null },
    }
    await validate(effective as unknown as KubeObject)
    const binding = await bindingOf(options.objects, namespace, name, request.spec.boundObjectRef)

    const lifetime = tokenLifetime({
      requestedSeconds,
      maxSeconds: options.maxExpirationSeconds,
      extend: options.extendExpiration,
      boundToPod: binding !== undefined && 'pod' in binding,
      audiences,
      apiAudiences: options.apiAudiences,
    })
    if (lifetime.warning) context.warn(lifetime.warning)
    const token = await sign(options.signer(), {
      issuer: options.issuer,
      audiences,
      namespace,
      serviceAccount: { name, uid: account.metadata.uid as string },
      ...(binding && { binding }),
      nowSeconds: Math.floor(context.now / 1000),
      lifetime,
      jti: randomUUID(),
    })
    effective.spec.expirationSeconds = lifetime.expirationSeconds
    effective.status = { token, expirationTimestamp: timestamp(context.now + lifetime.expirationSeconds * 1000) }
    return effective as unknown as KubeObject
  }
}

const refused = (name: string, errors: FieldError[]) =>
  invalid(tokenRequestResource.group, tokenRequestResource.resource, name, errors)

/** @returns what is left, which a number holds */
function checkedExpiration(seconds: Int64): number {
  const path = 'spec.expirationSeconds'
  // The name stays empty in these two texts, as upstream's.
  if (seconds < expirationSecondsMin)
    throw refused('', [invalidValue(path, seconds, 'may not specify a duration less than 10 minutes')])
  if (seconds > expirationSecondsMax)
    throw refused('', [invalidValue(path, seconds, 'may not specify a duration larger than 2^32 seconds')])
  return Number(seconds)
}

async function sign(signer: Signer, claims: Parameters<typeof boundClaims>[0]): Promise<string> {
  try {
    return await signer.sign(boundClaims(claims))
  } catch (error) {
    throw internalError('failed to generate token: the signing key could not be used', error)
  }
}

type BoundObjectRef = NonNullable<TokenRequest['spec']['boundObjectRef']>

async function bindingOf(
  objects: Objects,
  namespace: string,
  account: string,
  ref: BoundObjectRef | null | undefined,
): Promise<Binding | undefined> {
  if (!ref) return undefined
  const { kind = '', apiVersion = '', name = '' } = ref
  // What is no GROUP/VERSION counts as the core group, as upstream's parser leaves it.
  const parts = apiVersion.split('/')
  const group = parts.length === 2 ? (parts[0] as string) : ''
  const version = parts.length < 3 ? parts.at(-1) : ''
  const plural = group === '' ? { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind] : undefined
  // Only the group is looked at: any version of a core kind will do.
  if (!plural) throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  if (name === '') throw badRequest('Name parameter required.')
  const { object } = await objects.core(plural).get(kind === 'Node' ? '' : namespace, name)
  const uid = object.metadata.uid as string
  const node = kind === 'Pod' ? await nodeOf(objects, object as Pod, account) : undefined
  if (ref.uid && ref.uid !== uid) {
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (kind === 'Secret') return { secret: { name, uid } }
  if (kind === 'Node') return { node: { name, uid } }
  return { pod: { name, uid }, ...(node && { node }) }
}

/** The node that a pod runs on, whose uid is left out when there is no such object. */
async function nodeOf(
  objects: Objects,
  { spec }: Pod,
  account: string,
): Promise<{ name: string; uid?: string } | undefined> {
  if ((spec.serviceAccountName ?? '') !== account) {
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    )
  }
  if (!spec.nodeName) return undefined
  const { cache } = objects.core('nodes')
  await cache.fresh()
  const uid = cache.get('', spec.nodeName)?.object.metadata.uid
  return { name: spec.nodeName, ...(uid !== undefined && { uid }) }
}
