/** The part of an object that decides whether a token that names it still lives. */
interface LiveObject {
  readonly metadata: {
    readonly name?: string
    readonly namespace?: string
    readonly uid?: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
  }
}
export interface TokenServiceAccount extends LiveObject {
  readonly secrets?: readonly { readonly name?: string }[]
}
export interface TokenSecret extends LiveObject {
  /** Values in base64, as JSON has them. */
  readonly data?: Readonly<Record<string, string>>
}
export type TokenPod = LiveObject
export type TokenNode = LiveObject

/** Objects by name, at once: from a watch cache. Of what is not there, undefined. */
export interface TokenObjects {
  serviceAccount(namespace: string, name: string): TokenServiceAccount | undefined
  secret(namespace: string, name: string): TokenSecret | undefined
  pod(namespace: string, name: string): TokenPod | undefined
  node(name: string): TokenNode | undefined
}

/** The same from the store itself, for what a cache does not have (yet). Rejects when the store cannot answer. */
export type StoredTokenObjects = {
  readonly [K in keyof TokenObjects]: (...name: Parameters<TokenObjects[K]>) => Promise<ReturnType<TokenObjects[K]>>
}

/** Which objects a token names. */
export interface NamedObjects {
  readonly namespace: string
  readonly serviceAccount: string
  readonly secret?: string
  readonly pod?: string
  readonly node?: string
}

/** Reads the objects that a token names from the store, as a snapshot that answers at once. */
export async function snapshotOf(named: NamedObjects, store: StoredTokenObjects): Promise<TokenObjects> {
  const { namespace } = named
  const settled = <T>(read: Promise<T> | undefined) =>
    (read ?? Promise.resolve(undefined)).then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error
      },
    )
  const [serviceAccount, secret, pod, node] = await Promise.all([
    settled(store.serviceAccount(namespace, named.serviceAccount)),
    settled(named.secret === undefined ? undefined : store.secret(namespace, named.secret)),
    settled(named.pod === undefined ? undefined : store.pod(namespace, named.pod)),
    settled(named.node === undefined ? undefined : store.node(named.node)),
  ])
  return { serviceAccount, secret, pod, node }
}
