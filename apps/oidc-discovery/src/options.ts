import {
  boolean,
  filePath,
  flag,
  httpsUrl,
  logFlags,
  type OptionsOf,
  port,
  positiveDurationMs,
  string,
} from '@ensign/process'

export const flags = {
  issuer: flag({
    parse: httpsUrl,
    help: 'Issuer to publish, byte-equal to the "iss" claim. The first of the apiserver when absent.',
  }),
  'jwks-uri': flag({
    parse: httpsUrl,
    help: 'Where relying parties fetch keys. Follows from the issuer when absent, never from a request.',
  }),
  'bind-address': flag({ parse: string, default: '127.0.0.1', help: 'Address to listen on.' }),
  'secure-port': flag({ parse: port, default: 8443, help: 'Port to listen on.' }),
  'plain-http': flag({
    parse: boolean,
    default: false,
    help: 'Serve HTTP without TLS, behind a proxy that ends TLS.',
  }),
  'tls-cert-file': flag({
    parse: filePath,
    help: 'Certificate to show, with its chain, PEM. Read again when it changes.',
  }),
  'tls-private-key-file': flag({ parse: filePath, help: 'Private key of that certificate, PEM.' }),
  apiserver: flag({ parse: string, default: 'localhost:6444', help: "HOST:PORT of the apiserver's gRPC API." }),
  'certificate-authority': flag({
    parse: filePath,
    required: true,
    help: 'Authority that the apiserver is checked against, PEM.',
  }),
  'client-certificate': flag({ parse: filePath, required: true, help: 'Certificate to show to the apiserver, PEM.' }),
  'client-key': flag({ parse: filePath, required: true, help: 'Private key of that certificate, PEM.' }),
  'key-cache-file': flag({
    parse: filePath,
    help: 'Where to keep what was last published, so that a restart without the apiserver goes on serving it.',
  }),
  'cache-max-age': flag({
    parse: positiveDurationMs,
    default: 3_600_000,
    help: 'How long relying parties may keep a document. A new key must be published for as long before it signs.',
  }),
  ...logFlags,
} as const

export type Options = OptionsOf<typeof flags>
