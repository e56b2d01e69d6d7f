export type {
  ApiClient,
  DiscoveredResource,
  ObjectEvent,
  ObjectList,
  PatchType,
  ResourceRef,
  Selection,
  Target,
} from './api-client.ts'
export { type ResourceClient, resourceClient } from './resource-client.ts'
