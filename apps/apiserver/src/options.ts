/** The apiserver's flags, under kube-apiserver's names where it has them. */
import {
  boolean,
  durationMs,
  filePath,
  flag,
  folderPath,
  httpsUrl,
  integer,
  ipAddress,
  list,
  logFlags,
  type OptionsOf,
  port,
  string,
} from '@ensign/process'
import { addressRanges, portRange } from './service-ranges.ts'

export const apiserverFlags = {
  'store-url': flag({
    parse: string,
    default: 'memory:',
    help: 'Object store: memory:, sqlite:PATH, redis://… or rediss://….',
  }),
  'bind-address': flag({ parse: string, default: '127.0.0.1', help: 'Address to listen on, for REST and gRPC.' }),
  'secure-port': flag({ parse: port, default: 6443, help: 'Port of the REST API (HTTPS).' }),
  'grpc-port': flag({ parse: port, default: 6444, help: 'Port of the internal gRPC API (mutual TLS).' }),
  'advertise-address': flag({
    parse: ipAddress,
    help: "Address that others reach this server by, behind the Service kubernetes. The machine's first when absent.",
  }),
  'external-hostname': flag({
    parse: string,
    default: 'localhost',
    help: 'Host name that clients reach this server by.',
  }),
  'tls-cert-file': flag({ parse: filePath, help: 'Serving certificate with its chain, PEM.' }),
  'tls-private-key-file': flag({ parse: filePath, help: 'Private key of the serving certificate, PEM.' }),
  'cert-dir': flag({
    parse: folderPath,
    help: 'Folder of apiserver.crt and apiserver.key when no serving certificate is named; made when missing.',
  }),
  'client-ca-file': flag({
    parse: filePath,
    help: 'Authorities whose client certificates are believed, PEM. Without it none is, and there is no gRPC API.',
  }),
  'service-account-issuer': flag({
    parse: string,
    repeatable: true,
    required: true,
    help: 'Issuer of tokens, byte-equal to their "iss" claim. The first issues, all are accepted.',
  }),
  'service-account-signing-key-file': flag({
    parse: filePath,
    required: true,
    help: 'Private key that signs tokens, PEM.',
  }),
  'service-account-key-file': flag({
    parse: filePath,
    repeatable: true,
    help: 'Keys that verify tokens, PEM, private or public, several per file. The signing key when absent.',
  }),
  'service-account-jwks-uri': flag({
    parse: httpsUrl,
    help: 'Where relying parties fetch keys. Never derived from a request.',
  }),
  'api-audiences': flag({
    parse: list,
    repeatable: true,
    help: 'Audiences of tokens for this API. All issuers when absent.',
  }),
  'service-account-max-token-expiration': flag({
    parse: durationMs,
    default: 0,
    help: 'Longest life of a token; 0 is no limit, else 1h to 2^32 seconds.',
  }),
  'service-account-extend-token-expiration': flag({
    parse: boolean,
    default: true,
    help: 'Let projected tokens of pods live for a year, so that old client libraries which never reload them go on.',
  }),
  'service-account-lookup': flag({ parse: boolean, default: true, help: 'Refuse tokens of Secrets that are gone.' }),
  'event-ttl': flag({
    parse: durationMs,
    default: 60 * 60_000,
    help: 'How long events are kept after they were written last; 0 is for ever.',
  }),
  'service-cluster-ip-range': flag({
    parse: addressRanges,
    default: '10.96.0.0/12',
    help: 'Range of addresses for services; two, of IPv4 and IPv6, for both.',
  }),
  'service-node-port-range': flag({
    parse: portRange,
    default: '30000-32767',
    help: 'Range of the ports that services open on nodes.',
  }),
  'enable-admission-plugins': flag({
    parse: list,
    repeatable: true,
    help: "Admission plug-ins to switch on beside the usual ones, by Kubernetes' names.",
  }),
  'disable-admission-plugins': flag({
    parse: list,
    repeatable: true,
    help: "Admission plug-ins to switch off, by Kubernetes' names.",
  }),
  'anonymous-auth': flag({
    parse: boolean,
    default: true,
    help: 'Serve requests without credentials as system:anonymous.',
  }),
  'max-requests-inflight': flag({
    parse: integer(0),
    default: 400,
    help: 'Reads worked on at once, beside those of the plane itself; 0 for no limit. Users share them fairly.',
  }),
  'max-mutating-requests-inflight': flag({
    parse: integer(0),
    default: 200,
    help: 'Writes worked on at once, beside those of the plane itself; 0 for no limit. Users share them fairly.',
  }),
  ...logFlags,
} as const

export type ApiserverOptions = OptionsOf<typeof apiserverFlags>
