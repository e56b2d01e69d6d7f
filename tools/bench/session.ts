/** One connection to a plane, and single requests over it. */
import { type ClientHttp2Session, connect } from 'node:http2'
import type { Headers } from './ask.ts'
import type { Plane } from './plane.ts'

export function openSession(plane: Plane): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const client = connect(plane.server, { ca: plane.caPem })
    client.on('error', reject)
    client.on('connect', () => resolve(client))
  })
}

export interface Sent {
  readonly token: string
  readonly headers?: Headers
  /** Posted as JSON; without one it is GET. */
  readonly body?: object
}

export function over(
  client: ClientHttp2Session,
  path: string,
  { token, headers, body }: Sent,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const stream = client.request({
      ':method': body ? 'POST' : 'GET',
      ':path': path,
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    })
    let status = 0
    const chunks: Buffer[] = []
    stream.on('response', (answered) => {
      status = answered[':status'] ?? 0
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => resolve({ status, text: Buffer.concat(chunks).toString() }))
    stream.on('error', reject)
    stream.end(body && JSON.stringify(body))
  })
}
