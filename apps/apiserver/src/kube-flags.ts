/**
 * Flags that kubeadm, envtest and others who start a kube-apiserver give it, and that mean nothing here. They are accepted,
 * so that these can start this one, and logged, so that nobody believes in them. A flag that would keep something out, and
 * does not here, is not among them: it is refused as unknown.
 */
import { boolean, type Flag, flag, type Logger, list, type OptionsOf, string, UserError } from '@ensign/process'

const storeUrl = 'objects are kept where --store-url says'
const kubelets = 'no kubelet is called'
const frontProxy = 'no front proxy is believed'

/** Why each has no effect. */
const reasons = {
  'etcd-servers': storeUrl,
  'etcd-prefix': storeUrl,
  'etcd-cafile': storeUrl,
  'etcd-certfile': storeUrl,
  'etcd-keyfile': storeUrl,
  'etcd-compaction-interval': storeUrl,
  'storage-backend': storeUrl,
  'storage-media-type': storeUrl,
  'watch-cache': 'every kind has a watch cache',
  'allow-privileged': 'privileged containers are always let in',
  'enable-bootstrap-token-auth': 'bootstrap tokens are refused',
  'kubelet-client-certificate': kubelets,
  'kubelet-client-key': kubelets,
  'kubelet-certificate-authority': kubelets,
  'kubelet-preferred-address-types': kubelets,
  'proxy-client-cert-file': 'no API is aggregated',
  'proxy-client-key-file': 'no API is aggregated',
  'enable-aggregator-routing': 'no API is aggregated',
  'requestheader-allowed-names': frontProxy,
  'requestheader-client-ca-file': frontProxy,
  'requestheader-extra-headers-prefix': frontProxy,
  'requestheader-group-headers': frontProxy,
  'requestheader-uid-headers': frontProxy,
  'requestheader-username-headers': frontProxy,
  'feature-gates': 'there are no feature gates',
  'runtime-config': 'every version that is there is served',
  profiling: 'there are no profiles to read',
  v: 'see --log-level',
} as const

/** Those that stand for `true` when they have no value. */
const booleans: readonly string[] = [
  'watch-cache',
  'allow-privileged',
  'enable-bootstrap-token-auth',
  'enable-aggregator-routing',
  'profiling',
]

export const flagsWithoutEffect: Readonly<Record<string, Flag<unknown>>> = Object.fromEntries(
  Object.entries(reasons).map(([name, why]) => {
    const help = `Without effect: ${why}.`
    return [name, booleans.includes(name) ? flag({ parse: boolean, help }) : flag({ parse: string, help })]
  }),
)

/** `-v` is the one flag of kube-apiserver that has a short form. */
export const withLongNames = (argv: readonly string[]): string[] =>
  argv.flatMap((argument) => {
    const [, level] = /^-v=?(\d*)$/.exec(argument) ?? []
    if (level === undefined) return argument
    return level === '' ? '--v' : `--v=${level}`
  })

/** Checked, and otherwise without effect. */
export const checkedFlags = {
  'authorization-mode': flag({
    parse: list,
    repeatable: true,
    help: 'Node and RBAC, which is how requests are authorized. Other modes are refused.',
  }),
}

/** Of kube-apiserver. Source: pkg/kubeapiserver/authorizer/modes/modes.go */
const authorizationModes: readonly string[] = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']

/** @throws UserError when requests would have to be authorized otherwise than they are */
export function checkAuthorizationModes({ 'authorization-mode': modes }: OptionsOf<typeof checkedFlags>): void {
  for (const mode of modes) {
    if (mode === 'RBAC' || mode === 'Node') continue
    const known = authorizationModes.includes(mode)
    throw new UserError(
      known
        ? `authorization mode ${mode} is not served: requests are authorized by RBAC`
        : `authorization-mode ${JSON.stringify(mode)} is not a valid mode`,
      { exitCode: 2, hint: 'give --authorization-mode=RBAC, or leave it out' },
    )
  }
  if (modes.length > 0 && !modes.includes('RBAC'))
    throw new UserError('--authorization-mode leaves out RBAC, by which requests are authorized', { exitCode: 2 })
}

export function logFlagsWithoutEffect(options: Readonly<Record<string, unknown>>, log: Logger): void {
  for (const [name, why] of Object.entries(reasons)) {
    if (options[name] !== undefined) log.warn('a flag has no effect', { flag: name, why })
  }
}
