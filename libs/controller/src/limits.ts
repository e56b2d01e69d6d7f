export const limits = {
  /** First and longest wait before a failed key is tried again; it doubles between them. Source: client-go
   * util/workqueue/default_rate_limiters.go, DefaultTypedControllerRateLimiter. */
  retryFirstMs: 5,
  retryMaxMs: 1_000_000,
  /** Objects of one page when a resource is listed. Source: client-go tools/pager/pager.go, defaultPageSize. */
  listPage: 500,
  /** First and longest wait before a failed list or watch is tried again. */
  reconnectFirstMs: 50,
  reconnectMaxMs: 5000,
  /** A watch that ends sooner than this was not ended by its time. */
  watchShortMs: 1000,
} as const
