export { append } from './append.ts'
export { Base64Error, bytesFromBase64 } from './base64.ts'
export { conversionProblem } from './conversion-problem.ts'
export { humanDuration, Moment } from './duration.ts'
export { forgetEmptyLists } from './empty-lists.ts'
export {
  duplicateValue,
  type FieldError,
  type FieldErrorType,
  type FieldPath,
  fieldErrorBody,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  renderValue,
  required,
  tooLong,
  tooMany,
} from './field-error.ts'
export {
  missing,
  negative,
  outOfRange,
  rangeText,
  repeatedIndexes,
  ruleErrors,
  ruleErrorsWhenSet,
  unlisted,
} from './field-rules.ts'
export { type FieldTerm, parseFieldSelector } from './field-selector.ts'
export { type Changeable, type FieldFilter, fieldFilter } from './field-set-filter.ts'
export type {
  APIGroup,
  APIGroupList,
  APIResource,
  APIResourceList,
  APIVersions,
  Condition,
  CreateOptions,
  DeleteOptions,
  FieldSelectorRequirement,
  GetOptions,
  LabelSelector,
  LabelSelectorRequirement,
  ListMeta,
  ListOptions,
  ManagedFieldsEntry,
  ObjectMeta,
  OwnerReference,
  PartialObjectMetadata,
  PartialObjectMetadataList,
  PatchOptions,
  Preconditions,
  UpdateOptions,
  WatchEvent,
} from './generated/meta-v1.ts'
export {
  APIGroupListSchema,
  APIGroupSchema,
  APIResourceListSchema,
  APIVersionsSchema,
  ConditionSchema,
  CreateOptionsSchema,
  DeleteOptionsSchema,
  FieldSelectorRequirementSchema,
  GetOptionsSchema,
  LabelSelectorRequirementSchema,
  LabelSelectorSchema,
  ListMetaSchema,
  ListOptionsSchema,
  ManagedFieldsEntrySchema,
  ObjectMetaSchema,
  PartialObjectMetadataListSchema,
  PartialObjectMetadataSchema,
  PatchOptionsSchema,
  StatusSchema,
  UpdateOptionsSchema,
  WatchEventSchema,
} from './generated/meta-v1.ts'
export { compareStrings, cut, goJson, goQuote, goValue, isPrintable } from './go-text.ts'
export { type Int64, int64From, isInt64, nextInt64, parseInt64, parsePlainJson } from './int64.ts'
export { isLegacyIp, nonStandardIp } from './ip-address.ts'
export {
  endpointIpErrors,
  type IpFamily,
  type IpNumber,
  type IpRange,
  ipNumber,
  ipRange,
  ipText,
  isLegacyCidr,
  nonStandardCidr,
} from './ip-range.ts'
export { type DecodeOptions, decodeJson, JsonDecodeError } from './json-decode.ts'
export { goKindOf } from './json-decode-scalar.ts'
export {
  applyJsonPatch,
  applyMergePatch,
  type Json,
  PatchFailed,
  PatchMalformed,
  parseJsonPatch,
} from './json-patch.ts'
export { findDuplicateKeys, type JsonDocument, JsonNumber, JsonSyntaxError, parseJson } from './json-text.ts'
export { type LabelMatcher, type Labels, labelSelectorMatcher, parseLabelSelector } from './label-selector.ts'
export {
  selectorOperatorErrors,
  validateLabelSelector,
  validateLabelSelectorRequirement,
} from './label-selector-validation.ts'
export {
  errorTextMax,
  jsonDepthMax,
  keptDepthMax,
  protobufDepthMax,
  shownValueMax,
  strictErrorsMax,
  valuesMax,
} from './limits.ts'
export type { Manager } from './managed-fields.ts'
export { type KindVersion, type TrackedWrite, trackWrite } from './managed-fields-update.ts'
export { andThen, type MaybePromise } from './maybe-promise.ts'
export {
  generateName,
  isConfigKey,
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelKey,
  isLabelValue,
  isPathSegment,
  type NameRule,
  nameLimits,
  randomSuffix,
} from './names.ts'
export {
  annotationsSizeBytesMax,
  type KubeObject,
  validateAnnotations,
  validateFinalizerName,
  validateFinalizers,
  validateLabels,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './object-meta.ts'
export { own } from './own.ts'
export {
  decodeProtobuf,
  type Envelope,
  encodeProtobuf,
  envelopeAround,
  messageInUnknown,
  unwrapUnknown,
  wrapUnknown,
} from './protobuf.ts'
export { ProtobufError } from './protobuf-reader.ts'
export { canonicalQuantity, formatQuantity, parseQuantity, type Quantity, QuantityError } from './quantity.ts'
export {
  type ActionSubresource,
  type AnyResourceDefinition,
  allVerbs,
  apiVersionOf,
  type Column,
  type ConnectSubresource,
  type Conversion,
  defineResource,
  type HookContext,
  isVirtual,
  nameRuleOf,
  type ResourceDefinition,
  type RowCondition,
  type Subresource,
  shownAs,
  type Verb,
  type ViewSubresource,
  verbsOf,
} from './resource-definition.ts'
export type { FieldSchema, GroupVersionKind, MessageSchema, Presence, ScalarType } from './schema.ts'
export { inSchemaOrder } from './schema-order.ts'
export { semanticEqual } from './semantic-equal.ts'
export { type Applied, type Apply, applyConfiguration } from './server-side-apply.ts'
export {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  type GroupResource,
  internalError,
  invalid,
  notFound,
  qualifiedResource,
  type Status,
  type StatusCause,
  type StatusDetails,
  StatusError,
  type StatusReason,
  serviceUnavailable,
  statusCodes,
  tooManyValues,
  toStatusError,
  unauthorized,
} from './status.ts'
export { applyStrategicMergePatch } from './strategic-merge.ts'
export { StrategicMergeError } from './strategic-merge-value.ts'
export { canonicalMicroTime, canonicalTime, type Instant, parseMicroTime, parseTime, TimeParseError } from './time.ts'
export { jsonEqual } from './typed-value.ts'
export { unifiedDiff } from './unified-diff.ts'
export { anonymousUser, authenticatedGroup, mastersGroup, type UserInfo, unauthenticatedGroup } from './user.ts'
export {
  isDns1123SubdomainWithUnderscore,
  isHttpHeaderName,
  isPortName,
  isPortNumber,
  isRelaxedEnvironmentName,
} from './value-rules.ts'
