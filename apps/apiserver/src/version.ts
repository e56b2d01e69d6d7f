/**
 * What /version says: the level of Kubernetes that is spoken, and which Ensign speaks it.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/version/types.go
 */
export const ensignVersion = '0.1.0'

export const kubernetesVersion = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: `v1.36.2+ensign.${ensignVersion}`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'node',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const
