export { type ApiClient, type ApiReply, apiClient, type Identity, type WatchedEvent } from './api-client.ts'
export { type KubectlProgram, kubectl, kubectlPrograms } from './kubectl.ts'
export { startTestPlane, type TestPlane } from './plane.ts'
export {
  type ProgramEnd,
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
  runProgram,
  startCommand,
  startProgram,
} from './program.ts'
