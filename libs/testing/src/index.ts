export { type ApiClient, type ApiReply, apiClient, type Identity } from './api-client.ts'
export { type KubectlProgram, type KubectlResult, kubectl, kubectlPrograms } from './kubectl.ts'
export { startTestPlane, type TestPlane } from './plane.ts'
export { type ProgramEnd, type RunningProgram, startProgram } from './program.ts'
