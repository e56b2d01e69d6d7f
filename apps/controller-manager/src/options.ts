import {
  boolean,
  filePath,
  flag,
  integer,
  logFlags,
  type OptionsOf,
  port,
  positiveDurationMs,
  string,
} from '@ensign/process'

export const flags = {
  apiserver: flag({ parse: string, default: 'localhost:6444', help: "HOST:PORT of the apiserver's gRPC API." }),
  'certificate-authority': flag({
    parse: filePath,
    required: true,
    help: 'Authority that the apiserver is checked against, PEM.',
  }),
  'client-certificate': flag({ parse: filePath, required: true, help: 'Certificate to show to the apiserver, PEM.' }),
  'client-key': flag({ parse: filePath, required: true, help: 'Private key of that certificate, PEM.' }),
  'root-ca-file': flag({
    parse: filePath,
    help: 'Authority to publish in every namespace and in token Secrets, PEM. That of the apiserver when absent.',
  }),
  'service-account-private-key-file': flag({
    parse: filePath,
    help: 'Key that signs the tokens of Secrets, PEM. Read again when it changes. Without it such Secrets stay empty.',
  }),
  'cluster-signing-cert-file': flag({
    parse: filePath,
    help: 'Authority that answers certificate signing requests, PEM. Without it and its key nobody does.',
  }),
  'cluster-signing-key-file': flag({ parse: filePath, help: 'Private key of that authority, PEM.' }),
  'cluster-signing-duration': flag({
    parse: positiveDurationMs,
    default: 365 * 24 * 60 * 60_000,
    help: 'Longest life of a signed certificate, and that of one that asks for none.',
  }),
  'concurrent-serviceaccount-token-syncs': flag({
    parse: integer(1, 1000),
    default: 5,
    help: 'Token Secrets that are worked on at the same time.',
  }),
  'concurrent-namespace-syncs': flag({
    parse: integer(1, 1000),
    default: 10,
    help: 'Namespaces that are worked on at the same time.',
  }),
  'concurrent-endpoint-syncs': flag({
    parse: integer(1, 1000),
    default: 5,
    help: 'Services whose Endpoints are worked on at the same time.',
  }),
  'concurrent-service-endpoint-syncs': flag({
    parse: integer(1, 50),
    default: 5,
    help: 'Services whose EndpointSlices are worked on at the same time.',
  }),
  'max-endpoints-per-slice': flag({
    parse: integer(1, 1000),
    default: 100,
    help: 'Most endpoints of one EndpointSlice.',
  }),
  'node-monitor-grace-period': flag({
    parse: positiveDurationMs,
    default: 50_000,
    help: 'How long a node may be silent before nobody knows how it is.',
  }),
  'node-startup-grace-period': flag({
    parse: positiveDurationMs,
    default: 60_000,
    help: 'The same for a node that has never told how it is.',
  }),
  'enable-garbage-collector': flag({
    parse: boolean,
    default: true,
    help: 'Delete what has lost its owners, and see to the dependents of what is deleted.',
  }),
  'concurrent-gc-syncs': flag({
    parse: integer(1, 1000),
    default: 20,
    help: 'Objects that the garbage collector works on at the same time.',
  }),
  'leader-elect': flag({
    parse: boolean,
    default: true,
    help: 'Work only while holding a Lease, so that several may run and one works.',
  }),
  'leader-elect-lease-duration': flag({
    parse: positiveDurationMs,
    default: 15_000,
    help: 'How long others wait before they take over from a leader that is not heard of.',
  }),
  'leader-elect-renew-deadline': flag({
    parse: positiveDurationMs,
    default: 10_000,
    help: 'How long the leader tries to renew its Lease before it stops working.',
  }),
  'leader-elect-retry-period': flag({
    parse: positiveDurationMs,
    default: 2000,
    help: 'How often the Lease is renewed, and how often others try to get it.',
  }),
  'leader-elect-resource-namespace': flag({ parse: string, default: 'kube-system', help: 'Namespace of the Lease.' }),
  'leader-elect-resource-name': flag({
    parse: string,
    default: 'kube-controller-manager',
    help: 'Name of the Lease.',
  }),
  'health-address': flag({ parse: string, default: '127.0.0.1', help: 'Address of the health listener.' }),
  'health-port': flag({
    parse: port,
    help: 'Port where /livez, /readyz and /metrics are answered over plain HTTP. None when absent.',
  }),
  ...logFlags,
} as const

export type Options = OptionsOf<typeof flags>
