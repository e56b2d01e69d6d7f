export { limits } from './limits.ts'
export { type Listener, listen } from './listener.ts'
