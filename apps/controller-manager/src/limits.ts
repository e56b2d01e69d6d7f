export const limits = {
  /** Addresses of one Endpoints object; further ones are left out. Source: pkg/controller/endpoint/endpoints_controller.go,
   * maxCapacity. */
  endpointsAddressesMax: 1000,
  /** Pods of a silent node that are read at a time. */
  podsPage: 500,
} as const
