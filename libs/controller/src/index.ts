export type {
  ApiClient,
  ApplyOptions,
  DiscoveredResource,
  Extent,
  ObjectEvent,
  ObjectList,
  PatchType,
  ResourceRef,
  Selection,
  Target,
} from './api-client.ts'
export {
  type Controller,
  type ControllerOptions,
  controller,
  ignore,
  type Outcome,
  on,
  type Source,
} from './controller.ts'
export { type Change, createInformer, type Informer, type InformerOptions } from './informer.ts'
export { type ElectionOptions, electionDefaults, runElected } from './leader-election.ts'
export { limits } from './limits.ts'
export type { Lister } from './lister.ts'
export { type ReflectorOptions, type ReflectorSink, reflect } from './reflector.ts'
export { onRemoval } from './removals.ts'
export { type ResourceClient, resourceClient } from './resource-client.ts'
export { pause, realTimers, type Timers } from './timers.ts'
export { createWorkQueue, type WorkQueue } from './work-queue.ts'
