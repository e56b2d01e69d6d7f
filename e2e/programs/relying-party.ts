/**
 * A relying party with jose. Arguments: issuer, audience; a token per line of input. Prints per token a line of JSON with
 * its subject, or why it is refused. Beside the issuer it knows the authorities that NODE_EXTRA_CA_CERTS names.
 */
import { readFileSync } from 'node:fs'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const [issuer = '', audience = ''] = process.argv.slice(2)
const answer = await fetch(`${issuer}/.well-known/openid-configuration`)
const metadata = (await answer.json()) as { issuer: string; jwks_uri: string }
if (metadata.issuer !== issuer) throw new Error(`the document of ${issuer} is of ${metadata.issuer}`)
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))
for (const token of readFileSync(0, 'utf8').trim().split('\n')) {
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, audience })
    console.log(JSON.stringify({ subject: payload.sub }))
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error
    console.log(JSON.stringify({ refused: error.code }))
  }
}
