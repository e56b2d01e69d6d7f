/** All that is only needed when somebody asks for OpenAPI documents; loaded then. */
export { openApiV2 } from './openapi-v2.ts'
export { openApiV2Protobuf } from './openapi-v2-protobuf.ts'
export { openApiV3 } from './openapi-v3.ts'
