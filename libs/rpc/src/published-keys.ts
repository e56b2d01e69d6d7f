/** What relying parties need to know, as it travels between the services. */
export interface PublishedKeys {
  /** Byte for byte as in the `iss` claim; the first one signs. */
  readonly issuers: readonly string[]
  /** Where the key set is found; absent when it follows from the issuer. */
  readonly jwksUri?: string
  /** In the order in which they are published. */
  readonly keys: readonly {
    readonly keyId: string
    /** DER SubjectPublicKeyInfo. */
    readonly publicKey: Uint8Array
    readonly excludeFromDiscovery?: boolean
  }[]
}
