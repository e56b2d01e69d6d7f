/**
 * Volumes that nobody serves any more, and files of one volume that stand in each other's place.
 * Source: kubernetes/kubernetes pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths and the volume plug-ins),
 * pkg/api/persistentvolumeclaim/util.go (GetWarningsForPersistentVolumeClaimSpec)
 */
import type { Volume, VolumeProjection, VolumeSource } from '../../../generated/core-v1.ts'
import { limits } from '../../../limits.ts'
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

export function overlapWarnings(volumes: readonly Volume[]): string[] {
  const warnings: string[] = []
  let pairsLeft: number = limits.comparedPairsMax
  const isEnough = () => pairsLeft < 0 || warnings.length > limits.warningsMax

  /** Tells of each file before this one that it would overwrite, or stand within or above. */
  function place(file: Placed, before: Placed[], volume: string): void {
    if (file.path === '' || isEnough()) return
    pairsLeft -= before.length
    for (const other of before)
      if (collide(other.path, file.path))
        warnings.push(`${volume}: overlapping paths: ${shown(file)} with ${shown(other)}`)
    before.push(file)
  }
  function placeAll(files: readonly Placed[], volume: string): void {
    const before: Placed[] = []
    for (const file of files) place(file, before, volume)
  }

  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    const volume = `volume ${JSON.stringify(name)}`
    placeAll(placed(configMap?.items, ''), `${volume} (ConfigMap ${JSON.stringify(configMap?.name ?? '')})`)
    placeAll(placed(secret?.items, ''), `${volume} (Secret ${JSON.stringify(secret?.secretName ?? '')})`)
    placeAll(placed(downwardAPI?.items, ''), `${volume} (DownwardAPI)`)
    const inProjected: Placed[] = []
    for (const source of projected?.sources ?? []) {
      if (isEnough()) break
      if (Object.keys(source).length === 0) warnings.push(`${volume} (Projected) has no sources provided`)
      for (const file of filesOf(source)) place(file, inProjected, `${volume} (Projected)`)
    }
  }
  return warnings
}

const placed = (items: readonly { readonly path: string }[] | undefined, source: string): Placed[] =>
  (items ?? []).map(({ path }) => ({ path: withoutEndingSlashes(path), source }))

function filesOf({ configMap, secret, downwardAPI, serviceAccountToken }: VolumeProjection): Placed[] {
  if (configMap?.items) return placed(configMap.items, `ConfigMap ${JSON.stringify(configMap.name ?? '')}`)
  if (secret?.items) return placed(secret.items, `Secret ${JSON.stringify(secret.name ?? '')}`)
  if (downwardAPI?.items) return placed(downwardAPI.items, 'DownwardAPI')
  return serviceAccountToken ? placed([serviceAccountToken], 'ServiceAccountToken') : []
}

function withoutEndingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

const collide = (a: string, b: string): boolean => `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)

const shown = ({ path, source }: Placed): string =>
  source ? `${JSON.stringify(path)} (${source})` : JSON.stringify(path)
