/** How watch events leave the registry, whatever carries them. */

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'

/** One watch event, encoded once for all watchers that ask for the same representation. */
export interface EncodedEvent {
  readonly type: WatchEventType
  /** The object alone. */
  readonly object: Uint8Array
  /** The event as the negotiated stream frames it, e.g. `{"type":"ADDED","object":…}\n`. */
  readonly frame: Uint8Array
}

export interface EventSink {
  /** Must not throw and must not block; the transport queues. */
  send(event: EncodedEvent): void
  /** Bytes that the transport has queued and not yet handed to the kernel. */
  queuedBytes(): number
  /** The stream is complete; close it cleanly. */
  end(): void
}

export interface EventStream {
  /** Begins delivery. Called once, after status and headers were sent. */
  start(sink: EventSink): void
  /** The client has left, or the server is shutting down. Idempotent. */
  stop(): void
}
