/**
 * CertificateSigningRequest: somebody asks a signer for a certificate, somebody else approves.
 * Source: kubernetes/kubernetes pkg/registry/certificates/certificates/strategy.go, pkg/apis/certificates/v1/conversion.go,
 * pkg/printers/internalversion/printers.go
 */
import { type Column, defineResource, type HookContext, humanDuration } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import {
  type CertificateSigningRequest,
  type CertificateSigningRequestCondition,
  CertificateSigningRequestSchema,
} from '../../generated/certificates-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'
import { type Door, validateRequest, validateRequestUpdate } from './signing-request-validation.ts'

/** Nobody cares what a request is called. */
const anyName = (): string[] => []
const metadata = metadataAgain({ namespaced: false, nameRule: anyName })

const validateThrough = (door: Door) => (next: CertificateSigningRequest, old: CertificateSigningRequest) => [
  ...metadata(next),
  ...validateRequestUpdate(next, old, door),
]

/** Conditions with the times that the client left out. */
function timed(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  { now }: HookContext,
): CertificateSigningRequestCondition[] {
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`
  const keyOf = ({ type, status }: CertificateSigningRequestCondition) => JSON.stringify([type, status])
  const known = (old.status.conditions ?? []).filter((c) => c.lastTransitionTime)
  // The first of each counts, which is set last.
  const earlier = new Map(known.toReversed().map((c) => [keyOf(c), c]))
  return (next.status.conditions ?? []).map((condition) => {
    const { lastUpdateTime, lastTransitionTime } = condition
    const before = earlier.get(keyOf(condition))
    return {
      ...condition,
      lastUpdateTime: lastUpdateTime ?? time,
      lastTransitionTime: lastTransitionTime ?? before?.lastTransitionTime ?? time,
    }
  })
}

/** The decision as it was, unless the change has more or fewer of its kind, which is refused later. */
function keepDecision(
  conditions: readonly CertificateSigningRequestCondition[],
  old: readonly CertificateSigningRequestCondition[],
  type: string,
): CertificateSigningRequestCondition[] {
  const kept = old.filter((c) => c.type === type)
  if (conditions.filter((c) => c.type === type).length !== kept.length) return [...conditions]
  let next = 0
  return conditions.map((c) => (c.type === type ? (kept[next++] ?? c) : c))
}

function prepareStatus(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  context: HookContext,
): CertificateSigningRequest {
  const before = old.status.conditions ?? []
  const sent = next.status.conditions ?? []
  const decided = keepDecision(keepDecision(sent, before, 'Approved'), before, 'Denied')
  const kept = { ...next, spec: old.spec, status: { ...next.status, conditions: decided } }
  return withConditions(kept, timed(kept, old, context))
}

function withConditions(
  { status, ...rest }: CertificateSigningRequest,
  conditions: CertificateSigningRequestCondition[],
): CertificateSigningRequest {
  const { conditions: _, ...others } = status
  return { ...rest, status: { ...(conditions.length > 0 && { conditions }), ...others } }
}

function state({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status.conditions?.some((c) => c.type === type)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return [decision, ...(has('Failed') ? ['Failed'] : []), ...(status.certificate ? ['Issued'] : [])].join(',')
}

const column = (
  name: string,
  description: string,
  cell: Column<CertificateSigningRequest>['cell'],
): Column<CertificateSigningRequest> => ({ name, type: 'string', description, cell })

export const certificateSigningRequests = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  nameRule: anyName,
  schema: CertificateSigningRequestSchema,
  prepareForCreate({ spec, ...rest }, { user }) {
    const { username: _u, uid: _i, groups: _g, extra: _e, ...asked } = spec
    const { username, uid, groups, extra } = user
    return {
      ...rest,
      spec: {
        ...asked,
        username,
        ...(uid && { uid }),
        ...(groups.length > 0 && { groups: [...groups] }),
        ...(extra &&
          Object.keys(extra).length > 0 && {
            extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])),
          }),
      },
      status: {},
    }
  },
  prepareForUpdate: (next, old) => ({ ...next, spec: old.spec, status: old.status }),
  resetFields: ['spec', 'status'],
  validate: (request) => validateRequest(request),
  validateUpdate: validateThrough({}),
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', 'Who is to sign.', ({ spec }) => spec.signerName || '<none>'),
    column('Requestor', 'Who asked.', ({ spec }) => spec.username ?? ''),
    column('RequestedDuration', 'How long the certificate is to be good for.', ({ spec }) =>
      spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    ),
    column('Condition', 'Decided, failed, issued.', state),
  ],
  fields: { 'spec.signerName': ({ spec }) => spec.signerName },
  subresources: {
    approval: {
      verbs: ['get', 'patch', 'update'],
      prepareForUpdate: (next, old, context) =>
        withConditions({ ...next, spec: old.spec, status: old.status }, timed(next, old, context)),
      validateUpdate: validateThrough({ approves: true }),
      resetFields: ['spec', 'status.certificate'],
    },
    status: {
      verbs: ['get', 'patch', 'update'],
      prepareForUpdate: prepareStatus,
      validateUpdate: validateThrough({ signs: true }),
      resetFields: ['spec', 'status.conditions'],
    },
  },
})
