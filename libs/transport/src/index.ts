export { Connection, Connections } from './connections.ts'
export { type ConnectionLimits, limits, type Timeouts } from './limits.ts'
export { createPort, type Port, type PortOptions, type ServingCertificate } from './port.ts'
