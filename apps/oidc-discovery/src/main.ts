import { runMain } from '@ensign/process'
import { oidcDiscovery } from './program.ts'

await runMain(process, 'oidc-discovery', oidcDiscovery)
