/**
 * What a volume is taken to say where it says nothing.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/{defaults,zz_generated.defaults}.go
 */
import type { DownwardAPIVolumeFile, Volume, VolumeProjection, VolumeSource } from '../../generated/core-v1.ts'
import { pullPolicyFor, withFieldDefaults, withRoundedResources } from './pod-container-defaults.ts'

const fileMode = 0o644
/** Seconds. Source: SetDefaults_ServiceAccountTokenProjection */
const tokenExpirationSeconds = 3600

type Defaults = { readonly [N in keyof VolumeSource]?: (source: NonNullable<VolumeSource[N]>) => VolumeSource[N] }

const withMode = <T extends { defaultMode?: number }>(source: T): T => ({
  ...source,
  defaultMode: source.defaultMode ?? fileMode,
})

const withFileDefaults = (file: DownwardAPIVolumeFile): DownwardAPIVolumeFile =>
  file.fieldRef ? { ...file, fieldRef: withFieldDefaults(file.fieldRef) } : file

const defaultsOf: Defaults = {
  hostPath: (source) => ({ ...source, type: source.type ?? '' }),
  secret: withMode,
  configMap: withMode,
  downwardAPI: (source) => withMode({ ...source, ...(source.items && { items: source.items.map(withFileDefaults) }) }),
  projected: (source) => withMode({ ...source, sources: source.sources?.map(withProjectionDefaults) ?? null }),
  iscsi: (source) => ({ ...source, iscsiInterface: source.iscsiInterface || 'default' }),
  rbd: (source) => ({
    ...source,
    pool: source.pool || 'rbd',
    user: source.user || 'admin',
    keyring: source.keyring || '/etc/ceph/keyring',
  }),
  azureDisk: (source) => ({
    ...source,
    cachingMode: source.cachingMode ?? 'ReadWrite',
    fsType: source.fsType ?? 'ext4',
    readOnly: source.readOnly ?? false,
    kind: source.kind ?? 'Shared',
  }),
  scaleIO: (source) => ({
    ...source,
    storageMode: source.storageMode || 'ThinProvisioned',
    fsType: source.fsType || 'xfs',
  }),
  image: (source) => ({ ...source, pullPolicy: source.pullPolicy || pullPolicyFor(source.reference) }),
  ephemeral: ({ volumeClaimTemplate: template }) => {
    if (!template) return {}
    const { spec } = template
    return {
      volumeClaimTemplate: {
        ...template,
        spec: {
          ...spec,
          volumeMode: spec.volumeMode ?? 'Filesystem',
          resources: withRoundedResources(spec.resources ?? {}),
        },
      },
    }
  },
}

const kindsWithDefaults = Object.entries(defaultsOf) as [keyof VolumeSource, (source: unknown) => unknown][]

export function withVolumeDefaults(volume: Volume): Volume {
  const next: Volume = { ...volume }
  for (const [name, defaults] of kindsWithDefaults) {
    const source = next[name]
    if (source) Object.assign(next, { [name]: defaults(source) })
  }
  // A volume that says nothing is a folder that lives as long as the pod.
  return Object.keys(next).every((member) => member === 'name') ? { ...next, emptyDir: {} } : next
}

function withProjectionDefaults(projection: VolumeProjection): VolumeProjection {
  const { downwardAPI, serviceAccountToken: token } = projection
  if (!downwardAPI?.items && !token) return projection
  return {
    ...projection,
    ...(downwardAPI?.items && { downwardAPI: { ...downwardAPI, items: downwardAPI.items.map(withFileDefaults) } }),
    ...(token && {
      serviceAccountToken: { ...token, expirationSeconds: token.expirationSeconds ?? tokenExpirationSeconds },
    }),
  }
}
