export { limits } from './limits.ts'
export { type Listener, listen, type ServingCertificate } from './listener.ts'
