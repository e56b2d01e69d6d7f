/** Marks a pod that a node runs of its own accord; the object only mirrors it. Source: pkg/apis/core/annotation_key_constants.go */
export const mirrorAnnotation = 'kubernetes.io/config.mirror'
