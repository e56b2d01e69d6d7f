/**
 * What a controller does, with the JavaScript client library: lists, watches by an informer, creates and deletes
 * ServiceAccounts. Argument: a namespace. Each step waits until the informer has told of the one before. Prints one line
 * of JSON. The plane is the one that KUBECONFIG names.
 */
import { CoreV1Api, KubeConfig, makeInformer, type V1ServiceAccount } from '@kubernetes/client-node'

const [namespace = ''] = process.argv.slice(2)
const config = new KubeConfig()
config.loadFromDefault()
const api = config.makeApiClient(CoreV1Api)
const list = () => api.listNamespacedServiceAccount({ namespace })
const nameOf = ({ metadata }: V1ServiceAccount) => metadata?.name ?? ''

const before = (await list()).items.map(nameOf)
const heard: string[] = []
const listeners = new Set<() => void>()
const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/serviceaccounts`, list)
for (const verb of ['add', 'update', 'delete'] as const) {
  informer.on(verb, (account) => {
    heard.push(`${verb} ${nameOf(account)}`)
    for (const listener of listeners) listener()
  })
}
let stopping = false
informer.on('error', (error: unknown) => {
  // Stopping it is an error to it, too.
  if (!stopping) throw error
})
const told = (what: string) =>
  new Promise<void>((resolve) => {
    const look = () => heard.includes(what) && resolve()
    listeners.add(look)
    look()
  })

await informer.start()
await told('add default')
const created = await api.createNamespacedServiceAccount({ namespace, body: { metadata: { name: 'till' } } })
await told('add till')
await api.replaceNamespacedServiceAccount({
  namespace,
  name: 'till',
  body: { ...created, metadata: { ...created.metadata, labels: { shop: 'north' } } },
})
await told('update till')
const after = (await list()).items.map(nameOf)
await api.deleteNamespacedServiceAccount({ namespace, name: 'till' })
await told('delete till')
console.log(JSON.stringify({ before, after, heard }))
stopping = true
await informer.stop()
