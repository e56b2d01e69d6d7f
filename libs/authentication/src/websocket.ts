/**
 * A token among the subprotocols that a WebSocket client offers: browsers let a page set no other header.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/authentication/request/websocket/protocol.go
 */
const prefix = 'base64url.bearer.authorization.k8s.io.'

/** @returns undefined when none is offered */
export function webSocketToken(
  protocols: string,
): { ok: true; token: string } | { ok: false; reason: string } | undefined {
  const offered = protocols.split(',').map((p) => p.trim())
  const tokens = offered.filter((p) => p.startsWith(prefix)).map((p) => p.slice(prefix.length))
  const [encoded] = tokens
  if (encoded === undefined) return undefined
  if (tokens.length > 1) return { ok: false, reason: 'multiple base64.bearer.authorization tokens specified' }
  // The server has to choose a subprotocol, and must never send the token back as its choice.
  if (offered.length === 1) return { ok: false, reason: 'missing additional subprotocol' }
  const bytes = Buffer.from(encoded, 'base64url')
  if (bytes.toString('base64url') !== withoutPadding(encoded))
    return { ok: false, reason: 'invalid base64.bearer.authorization token encoding' }
  return { ok: true, token: bytes.toString() }
}

/** Not by a regular expression, which would look at every run of signs once for each of them. */
function withoutPadding(text: string): string {
  let end = text.length
  while (text[end - 1] === '=') end--
  return text.slice(0, end)
}
