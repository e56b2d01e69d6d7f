/** Questions that are answered without writing: whose is this token, may this user do that? */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure } from './figure.ts'
import { load } from './load.ts'
import { type Plane, startPlane } from './plane.ts'
import { account, namespace, populate } from './world.ts'

export const reviews: Benchmark = {
  name: 'reviews',
  title: 'TokenReview, SubjectAccessReview',
  async run() {
    await using plane = await startPlane()
    const token = await populate(plane)
    const user = `system:serviceaccount:${namespace}:${account}`
    const resourceAttributes = { namespace, verb: 'get', resource: 'serviceaccounts', name: account }
    return [
      await review(plane, token, '/apis/authentication.k8s.io/v1', 'TokenReview', { token }),
      await review(plane, token, '/apis/authorization.k8s.io/v1', 'SubjectAccessReview', { user, resourceAttributes }),
    ]
  },
}

async function review(plane: Plane, token: string, group: string, kind: string, spec: object): Promise<Figure> {
  const path = `${group}/${kind.toLowerCase()}s`
  const question = { apiVersion: group.slice('/apis/'.length), kind, spec }
  const bodyFile = join(dirname(plane.folder), `${kind}.json`)
  writeFileSync(bodyFile, JSON.stringify(question))
  const answered = await plane.post(path, question)
  if (answered.status.authenticated !== true && answered.status.allowed !== true)
    throw new Error(`a ${kind} was answered with no: ${JSON.stringify(answered.status)}`)
  const answer = { contentType: 'application/json', body: JSON.stringify(answered) }
  const value = await load({ url: `${plane.server}${path}`, token, bodyFile })
  const limit = await bareRate(plane, answer, { token, bodyFile })
  const limits = [{ name: 'bare http2', value: limit }]
  return { name: kind, value, unit: '/s', limits, goal: { shareOfLimit: 0.4 } }
}
