/**
 * Volumes that nobody serves any more, and files of one volume that stand in each other's place.
 * Source: kubernetes/kubernetes pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths and the volume plug-ins),
 * pkg/api/persistentvolumeclaim/util.go (GetWarningsForPersistentVolumeClaimSpec)
 */
import type { Volume, VolumeProjection, VolumeSource } from '../../../generated/core-v1.ts'
import { isFractional } from '../pod-rules/amounts.ts'

/** The member, what is told of it, and the name it is told under where that differs. */
const removed: readonly (readonly [keyof VolumeSource, string, string?])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

export const volumeWarnings = (volumes: readonly Volume[]): string[] =>
  volumes.flatMap((volume, i) => [
    ...removed.flatMap(([kind, message, shown = kind]) =>
      volume[kind] ? [`spec.volumes[${i}].${shown}: ${message}`] : [],
    ),
    ...claimWarnings(volume, `spec.volumes[${i}].ephemeral.volumeClaimTemplate.spec.resources`),
  ])

function claimWarnings({ ephemeral }: Volume, path: string): string[] {
  const { resources } = ephemeral?.volumeClaimTemplate?.spec ?? {}
  return (['requests', 'limits'] as const).flatMap((side) => {
    const amount = resources?.[side]?.['storage']
    if (amount === undefined || !isFractional(amount)) return []
    return [`${path}.${side}[storage]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`]
  })
}

/** A file, and what it comes from when a volume has several sources. */
interface Placed {
  readonly path: string
  readonly source: string
}

export const overlapWarnings = (volumes: readonly Volume[]): string[] =>
  volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const volume = JSON.stringify(name)
    const overlapsOf = (what: string) => {
      const before: Placed[] = []
      return (files: readonly Placed[]) =>
        files.flatMap((file) =>
          overlaps(file, before).map((o) => `volume ${volume} (${what}): overlapping paths: ${o}`),
        )
    }
    const inProjected = overlapsOf('Projected')
    return [
      ...overlapsOf(`ConfigMap ${JSON.stringify(configMap?.name ?? '')}`)(placed(configMap?.items, '')),
      ...overlapsOf(`Secret ${JSON.stringify(secret?.secretName ?? '')}`)(placed(secret?.items, '')),
      ...overlapsOf('DownwardAPI')(placed(downwardAPI?.items, '')),
      ...(projected?.sources ?? []).flatMap((source) =>
        Object.keys(source).length === 0
          ? [`volume ${volume} (Projected) has no sources provided`]
          : inProjected(filesOf(source)),
      ),
    ]
  })

const placed = (items: readonly { readonly path: string }[] | undefined, source: string): Placed[] =>
  (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }))

function filesOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): Placed[] {
  if (configMap?.items) return placed(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`)
  if (secret?.items) return placed(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`)
  if (downwardAPI?.items) return placed(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken ? placed([serviceAccountToken], 'ServiceAccountToken') : []
}

/** Each file before this one that it would overwrite, or stand within or above. It is one of those before the next. */
function overlaps(file: Placed, before: Placed[]): string[] {
  if (file.path === '') return []
  const found = before.filter((other) => collide(other.path, file.path))
  before.push(file)
  return found.map((other) => `${shown(file)} with ${shown(other)}`)
}

const collide = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)

const shown = ({ path, source }: Placed): string =>
  source ? `${JSON.stringify(path)} (${source})` : JSON.stringify(path)
