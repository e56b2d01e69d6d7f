import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectHttp2 } from 'node:http2'
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { ensurePki, type PlanePki } from '@ensign/pki'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createPort, type Port } from './port.ts'

let folder: string
let pki: PlanePki
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-transport-'))
  pki = ensurePki({ folder, nowMs: Date.now() })
})
afterAll(() => rmSync(folder, { recursive: true }))

const bounds = {
  connectionsMax: 100,
  unidentifiedMax: 100,
  perAddressMax: 100,
  perUserMax: 100,
  openRequestsMax: 100,
  unsentBytesMax: 100,
  unsentBytesPerUserMax: 60,
}
/** Short enough to be waited for. */
const timeouts = {
  handshakeTimeoutMs: 300,
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  firstRequestTimeoutMs: 500,
  idleTimeoutMs: 300,
  goAwayMs: 200,
  sweepMs: 50,
}

let port: Port | undefined
let address: AddressInfo
afterEach(() => port?.close(0))

async function start(isTls: boolean): Promise<void> {
  const { certificatePem, privateKeyPem } = pki.apiserver
  const opened = createPort({
    host: '127.0.0.1',
    port: 0,
    serving: isTls ? { certificate: certificatePem, privateKey: privateKeyPem } : undefined,
    connections: bounds,
    timeouts,
  })
  opened.http1.on('request', (request, response) => {
    const connection = opened.connections.find(request.socket)
    connection?.requestBegins()
    response.on('close', () => connection?.requestEnds())
    request.on('error', () => {})
    request.resume().on('end', () => response.end('done'))
  })
  opened.http2.on('stream', (stream) => {
    const connection = stream.session && opened.connections.find(stream.session.socket)
    connection?.requestBegins()
    stream.on('error', () => {}).on('close', () => connection?.requestEnds())
    stream.respond({ ':status': 200 })
    stream.write('begun')
  })
  port = opened
  address = await opened.listen()
}

const tcp = (): Socket => connectTcp(address.port, '127.0.0.1')
async function tls(protocol: 'h2' | 'http/1.1'): Promise<Socket> {
  const socket = connectTls({
    port: address.port,
    host: '127.0.0.1',
    servername: 'localhost',
    ca: pki.authority.certificatePem,
    ALPNProtocols: [protocol],
  })
  await once(socket, 'secureConnect')
  return socket
}

/** What the server says until it closes the connection, which it must. */
async function untilClosed(socket: Socket): Promise<string> {
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  await new Promise((resolve) => socket.on('close', resolve))
  return heard
}

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])

describe('a connection is closed', () => {
  test.each([true, false])('when it never says anything, with TLS: %s', async (isTls) => {
    await start(isTls)
    await untilClosed(tcp())
  })

  test('when it begins a handshake and does not end it', async () => {
    await start(true)
    const socket = tcp()
    socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]))
    await untilClosed(socket)
  })

  test('when it says nothing after the handshake, with HTTP/1.1', async () => {
    await start(true)
    expect(await untilClosed(await tls('http/1.1'))).toContain('408')
  })

  test.each(['', preface])('when it asks nothing after the handshake, with HTTP/2 and %j', async (said) => {
    await start(true)
    const socket = await tls('h2')
    if (said) socket.write(Buffer.concat([Buffer.from(said), emptySettings]))
    await untilClosed(socket)
  })

  test('when an HTTP/2 header block is never ended', async () => {
    await start(true)
    const socket = await tls('h2')
    // HEADERS of stream 1 without END_HEADERS.
    const headers = Buffer.from([0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82])
    socket.write(Buffer.concat([Buffer.from(preface), emptySettings, headers]))
    await untilClosed(socket)
  })

  test('when a header does not end, however busily it is sent', async () => {
    await start(false)
    const socket = tcp()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n')
    const sending = setInterval(() => socket.writable && socket.write('a: b\r\n'), 20)
    expect(await untilClosed(socket)).toContain('408')
    clearInterval(sending)
  })

  test('when a body does not end, however busily it is sent', async () => {
    await start(false)
    const socket = tcp()
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n')
    const sending = setInterval(() => socket.writable && socket.write('a'), 20)
    await untilClosed(socket)
    clearInterval(sending)
  })

  test('when nothing is asked after an answer, with HTTP/1.1', async () => {
    await start(false)
    const socket = tcp()
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
    expect(await untilClosed(socket)).toContain('done')
  })

  test('when nothing is asked after an answer, with HTTP/2 and pings', async () => {
    await start(true)
    const session = connectHttp2(`https://localhost:${address.port}`, { ca: pki.authority.certificatePem })
    session.on('error', () => {})
    const stream = session.request()
    await once(stream, 'response')
    stream.close()
    const pinging = setInterval(() => session.destroyed || session.ping(() => {}), 20)
    await once(session, 'close')
    clearInterval(pinging)
  })
})

test('a connection with an open stream lives beyond every timeout', async () => {
  await start(true)
  const session = connectHttp2(`https://localhost:${address.port}`, { ca: pki.authority.certificatePem })
  const stream = session.request()
  await once(stream, 'response')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect([session.closed, stream.closed]).toEqual([false, false])
  session.destroy()
})

/** A frame of HTTP/2 (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: readonly number[]): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, Buffer.from(payload)])
}

const beginning = Buffer.concat([Buffer.from(preface), emptySettings])
/** `GET https:/`, from the static table (RFC 7541 appendix A), without an authority. */
const request = [0x82, 0x84, 0x87]
const [endStream, endHeaders] = [1, 4]

describe('a connection is ended, and others are served,', () => {
  test.each([
    [
      'when its streams are reset rapidly (CVE-2023-44487)',
      (i: number) => [frame(1, endStream | endHeaders, 2 * i + 1, request), frame(3, 0, 2 * i + 1, [0, 0, 0, 8])],
    ],
    [
      'when a header goes on in frame after frame (CVE-2024-27983)',
      (i: number) => [i === 0 ? frame(1, 0, 1, request) : frame(9, 0, 1, [0x82])],
    ],
    ['when SETTINGS come and their answers are not read', () => [emptySettings]],
    ['when PINGs come and their answers are not read', () => [frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8])]],
  ])('%s', async (_title, framesOf) => {
    await start(true)
    const socket = await tls('h2')
    socket.on('error', () => {})
    socket.pause()
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.write(beginning)
    for (let sent = 0; sent < 100_000 && !socket.destroyed; ) {
      const frames = Array.from({ length: 1_000 }, () => framesOf(sent++)).flat()
      if (!socket.write(Buffer.concat(frames))) await Promise.race([once(socket, 'drain'), closed])
    }
    socket.resume()
    await closed
    const other = connectHttp2(`https://localhost:${address.port}`, { ca: pki.authority.certificatePem })
    await once(other.request(), 'response')
    other.destroy()
  })
})
