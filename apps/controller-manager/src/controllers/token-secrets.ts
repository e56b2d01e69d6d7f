/**
 * Fills Secrets that are annotated with the name of a ServiceAccount, and removes them with it.
 * Source: kubernetes/kubernetes pkg/controller/serviceaccount/tokens_controller.go
 */
import {
  type Secret,
  type ServiceAccount,
  serviceAccountNameAnnotation,
  serviceAccountUidAnnotation,
} from '@ensign/api'
import { StatusError } from '@ensign/apimachinery'
import {
  type ApiClient,
  type Controller,
  controller,
  type Informer,
  ignore,
  on,
  onRemoval,
  type ResourceClient,
} from '@ensign/controller'
import type { Signer } from '@ensign/keypair'
import type { Logger } from '@ensign/process'
import { resources } from '../resources.ts'
import { legacyClaims } from './legacy-claims.ts'

/** Tries of one key before it is given up until something changes. Source: tokens_controller.go, defaultMaxRetries. */
const retriesMax = 10

export interface TokenSecretsDeps {
  /** Follows the accounts; no copy of them is kept. */
  readonly client: ApiClient
  /** Of the Secrets of type `kubernetes.io/service-account-token`; others are of no interest. */
  readonly secrets: Informer<Secret>
  readonly serviceAccountClient: ResourceClient<ServiceAccount>
  readonly secretClient: ResourceClient<Secret>
  /** The signer of this moment. */
  readonly signer: () => Signer
  readonly rootCaPem: string
  readonly workers: number
  readonly log: Logger
}

export function tokenSecretsController(deps: TokenSecretsDeps): Controller {
  const { client, secrets, workers, log } = deps
  return controller({
    name: 'serviceaccount-token-controller',
    sources: [
      on(secrets, (secret) => (accountNameOf(secret) ? [keyOf(secret)] : [])),
      // An account that goes takes the Secrets that name it along. One that comes finds none: they went before it.
      onRemoval(
        { client, resource: resources.serviceAccounts, log },
        ({ metadata }) =>
          secrets.lister
            .list(metadata.namespace ?? '')
            .filter((secret) => accountNameOf(secret) === metadata.name)
            .map(keyOf),
        () => secrets.lister.list().filter(accountNameOf).map(keyOf),
      ),
    ],
    workers,
    retriesMax,
    log,
    async reconcile(key) {
      const [namespace = '', name = '', accountName = ''] = key.split('/')
      const secret = secrets.lister.get(namespace, name)
      if (!secret) await forgetSecret(deps, namespace, name, accountName)
      else if (accountNameOf(secret) === accountName) await reconcileSecret(deps, secret)
      return undefined
    },
  })
}

const accountNameOf = ({ metadata }: Readonly<Secret>): string =>
  metadata.annotations?.[serviceAccountNameAnnotation] ?? ''
const accountUidOf = ({ metadata }: Readonly<Secret>): string =>
  metadata.annotations?.[serviceAccountUidAnnotation] ?? ''

/** With the account's name: when the Secret is gone, nothing else tells whose it was. */
const keyOf = (secret: Readonly<Secret>): string =>
  `${secret.metadata.namespace}/${secret.metadata.name}/${accountNameOf(secret)}`

async function reconcileSecret(deps: TokenSecretsDeps, secret: Readonly<Secret>): Promise<void> {
  const { namespace = '', name = '', uid = '' } = secret.metadata
  const account = await accountOf(deps, secret)
  if (account) return fill(deps, account, secret)
  // A Secret of that name with another UID is another Secret, and not our concern now.
  await deps.secretClient
    .delete(namespace, name, { preconditions: { uid } })
    .catch((error: unknown) => ignore(error, 'NotFound', 'Conflict'))
}

/** The account that a Secret names, when it is still the same. */
async function accountOf(
  { serviceAccountClient }: TokenSecretsDeps,
  secret: Readonly<Secret>,
): Promise<Readonly<ServiceAccount> | undefined> {
  const account = await found(serviceAccountClient.get(secret.metadata.namespace ?? '', accountNameOf(secret)))
  const uid = accountUidOf(secret)
  return uid === '' || uid === account?.metadata.uid ? account : undefined
}

async function fill(deps: TokenSecretsDeps, account: Readonly<ServiceAccount>, known: Readonly<Secret>): Promise<void> {
  if (!lacks(deps, known)) return
  const { namespace = '', name = '' } = known.metadata
  const live = await found(deps.secretClient.get(namespace, name))
  // Not what we know: its event is on the way and brings us back.
  if (!live || live.metadata.resourceVersion !== known.metadata.resourceVersion || !lacks(deps, live)) return
  const data = {
    ...live.data,
    'ca.crt': base64(deps.rootCaPem),
    namespace: live.data?.['namespace'] || base64(namespace),
    token: live.data?.['token'] || base64(await deps.signer().sign(legacyClaims(account, live))),
  }
  const annotations = {
    ...live.metadata.annotations,
    [serviceAccountNameAnnotation]: account.metadata.name ?? '',
    [serviceAccountUidAnnotation]: account.metadata.uid ?? '',
  }
  await deps.secretClient
    .update({ ...live, metadata: { ...live.metadata, annotations }, data })
    // Changed or gone meanwhile: either way there is an event.
    .catch((error: unknown) => ignore(error, 'Conflict', 'NotFound'))
}

/** Whether something is missing. A token that is removed is made anew; another namespace than ours is left alone. */
function lacks({ rootCaPem }: TokenSecretsDeps, { data = {} }: Readonly<Secret>): boolean {
  return data['ca.crt'] !== base64(rootCaPem) || !data['namespace'] || !data['token']
}

/** Takes the name of a Secret that is gone off its account's list. Nothing here ever puts one on it. */
async function forgetSecret(
  deps: TokenSecretsDeps,
  namespace: string,
  name: string,
  accountName: string,
): Promise<void> {
  const account = await found(deps.serviceAccountClient.get(namespace, accountName))
  const left = account?.secrets?.filter((secret) => secret.name !== name)
  if (!account || left?.length === account.secrets?.length) return
  const successor = await found(deps.secretClient.get(namespace, name))
  if (successor && accountNameOf(successor) === accountName) return
  await deps.serviceAccountClient
    .update({ ...account, secrets: left ?? [] })
    .catch((error: unknown) => ignore(error, 'NotFound'))
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound') return undefined
    throw error
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
