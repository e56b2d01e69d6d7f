import type { CertificatePair } from './certificate.ts'

/** A kubeconfig as kubectl writes it, with everything embedded, so that the one file can be carried away. */
export function kubeconfigYaml(options: {
  /** `https://host:port` */
  server: string
  caPem: string
  clusterName: string
  user: { name: string; credentials: CertificatePair | { token: string } }
}): string {
  const { server, caPem, clusterName, user } = options
  const context = `${user.name}@${clusterName}`
  const credentials =
    'token' in user.credentials
      ? [`token: ${scalar(user.credentials.token)}`]
      : [
          `client-certificate-data: ${base64(user.credentials.certificatePem)}`,
          `client-key-data: ${base64(user.credentials.privateKeyPem)}`,
        ]
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(caPem)}
    server: ${scalar(server)}
  name: ${scalar(clusterName)}
contexts:
- context:
    cluster: ${scalar(clusterName)}
    user: ${scalar(user.name)}
  name: ${scalar(context)}
current-context: ${scalar(context)}
kind: Config
users:
- name: ${scalar(user.name)}
  user:
${credentials.map((line) => `    ${line}\n`).join('')}`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Plain where YAML reads it back as the same text, else in double quotes (JSON is YAML). */
function scalar(text: string): string {
  const plain = /^[A-Za-z][A-Za-z0-9._@/-]*(:[A-Za-z0-9._@/-]+)*$/.test(text)
  const word = /^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
  return plain && !word ? text : JSON.stringify(text)
}
