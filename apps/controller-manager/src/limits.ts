export const limits = {
  /** Addresses of one Endpoints object; further ones are left out. Source: pkg/controller/endpoint/endpoints_controller.go,
   * maxCapacity. */
  endpointsAddressesMax: 1000,
  /**
   * Milliseconds that a change of a Service or of its pods waits for more of them: pods of one Service often change
   * together. Source: pkg/controller/endpointslice/endpointslice_controller.go, endpointSliceChangeMinSyncDelay
   */
  endpointsBatchMs: 1_000,
  /** The same for a node, whose kubelet writes several times when it starts. */
  nodeBatchMs: 1_000,
  /** Pods of a silent node that are read at a time. */
  podsPage: 500,
} as const
