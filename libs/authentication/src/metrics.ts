import type { Counter, MetricsRegistry } from '@ensign/process'

/** Source: kubernetes/kubernetes pkg/serviceaccount/metrics.go */
export interface TokenMetrics {
  readonly legacy: Counter
  readonly stale: Counter
  readonly valid: Counter
  readonly legacyManual: Counter
  readonly legacyAuto: Counter
  readonly invalidLegacyAuto: Counter
}

export function tokenMetrics(registry: MetricsRegistry): TokenMetrics {
  const counter = (name: string, help: string) => registry.counter({ name: `serviceaccount_${name}`, help }).labels()
  return {
    legacy: counter('legacy_tokens_total', 'Tokens used that name no audience'),
    stale: counter('stale_tokens_total', 'Extended tokens used after the time at which they should have been renewed'),
    valid: counter('valid_tokens_total', 'Extended tokens used before the time at which they should be renewed'),
    legacyManual: counter('legacy_manual_token_uses_total', 'Uses of tokens in Secrets that were made by hand'),
    legacyAuto: counter('legacy_auto_token_uses_total', 'Uses of tokens in Secrets that were made automatically'),
    invalidLegacyAuto: counter(
      'invalid_legacy_auto_token_uses_total',
      'Uses of tokens in Secrets that are marked invalid',
    ),
  }
}
