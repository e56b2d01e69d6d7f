/** metav1.PartialObjectMetadata: objects of which only the metadata is asked for. */
import type { KubeObject } from '@ensign/apimachinery'
import type { CachedObject } from '@ensign/registry'

export const defaultMetaVersion = 'meta.k8s.io/v1'

export const partialMetadata = ({ metadata }: Readonly<KubeObject>, metaVersion = defaultMetaVersion): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: metaVersion,
  metadata,
})

/** The same as JSON, from the stored text. */
export const partialMetadataText = ({ metadataJson }: CachedObject, metaVersion = defaultMetaVersion): string =>
  `{"kind":"PartialObjectMetadata","apiVersion":${JSON.stringify(metaVersion)},"metadata":${metadataJson}}`
