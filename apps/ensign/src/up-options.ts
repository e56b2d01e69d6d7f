import { algorithms } from '@ensign/keypair'
import {
  boolean,
  flag,
  folderPath,
  httpsUrl,
  logFlags,
  logLevels,
  type OptionsOf,
  oneOf,
  port,
  string,
} from '@ensign/process'

/** What `ensign up` and `ensign pki init` have in common. */
export const placeFlags = {
  dir: flag({ parse: folderPath, default: '.ensign', help: 'Folder for certificates, keys and objects.' }),
  'store-url': flag({
    parse: string,
    help: 'Object store: sqlite:PATH, redis://…, rediss://… or memory:. SQLite in the folder when absent.',
  }),
  issuer: flag({
    parse: httpsUrl,
    repeatable: true,
    help: 'Issuer of tokens. The first issues, all are accepted. https://localhost:OIDC-PORT when absent.',
  }),
  port: flag({ parse: port, help: 'Port of the REST API, 6443 when absent; 0 takes free ones for all three.' }),
  'grpc-port': flag({ parse: port, help: 'Port of the internal gRPC API; the one after --port when absent.' }),
  'oidc-port': flag({
    parse: port,
    help: 'Port of OIDC discovery; the one after that when absent, or 8443 without --port.',
  }),
  'bind-address': flag({ parse: string, default: '127.0.0.1', help: 'Address that all three listen on.' }),
  hostname: flag({
    parse: string,
    repeatable: true,
    help: 'Further host name or address for the server certificates.',
  }),
  'signing-algorithm': flag({
    parse: oneOf(...algorithms),
    default: 'RS256',
    help: 'Algorithm of the token key that is made at the first start.',
  }),
} as const

export type PlaceOptions = OptionsOf<typeof placeFlags>

/** Set by the image, where nobody has a terminal in which the folder can be seen. */
export const containerFlags = {
  'in-container': flag({
    parse: boolean,
    default: false,
    help: 'Print how the admin kubeconfig is copied out of a container.',
  }),
} as const

export const initFlags = {
  ...placeFlags,
  ...containerFlags,
  'services-dir': flag({
    parse: folderPath,
    help: 'Folder that gets a folder for each service, with copies of the files that this service needs and no other. Its path must be the same for the services.',
  }),
} as const

/** `ensign up` is quiet unless something is wrong: its own lines say the rest. */
export const upLogFlags = {
  ...logFlags,
  'log-level': flag({ parse: oneOf(...logLevels), default: 'warn', help: logFlags['log-level'].help }),
} as const
