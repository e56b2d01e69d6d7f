import type { ServerWritableStream } from '@grpc/grpc-js'

/** Streams that would go on for ever. A server that stops ends them, and their clients ask again elsewhere. */
export class OpenStreams {
  readonly #open = new Set<() => void>()
  #ended = false

  /** `stop` runs once, when the client has left or the server has ended the stream. */
  add<Request, Response>(call: ServerWritableStream<Request, Response>, stop: () => void): void {
    const end = () => call.end()
    const gone = () => {
      if (this.#open.delete(end)) stop()
    }
    this.#open.add(end)
    call.on('cancelled', gone)
    call.on('close', gone)
    call.on('finish', gone)
    if (call.cancelled) gone()
    if (this.#ended) end()
  }

  endAll(): void {
    this.#ended = true
    for (const end of this.#open) end()
  }
}
