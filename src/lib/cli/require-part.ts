import { AppError } from '../core/errors.ts'
import type { OptionalPart, Provider, Refusal } from '../providers/port.ts'

type Parts = Pick<Provider, Extract<OptionalPart, keyof Provider>>

/** Presence is the capability: a part that is absent says why and what to do instead. @throws unsupported.part */
export function requirePart<K extends keyof Parts>(provider: Provider, name: K): NonNullable<Provider[K]> {
  const part = provider[name]
  if (part) return part
  throw refused(provider, name, provider.refusals[name])
}

function refused(provider: Provider, name: OptionalPart, refusal: Refusal | undefined): AppError {
  const reason = refusal ? `: ${refusal.reason}` : ''
  return new AppError('unsupported.part', `${provider.title} offers no ${name}${reason}`, {
    details: { part: name, provider: provider.id, reason: refusal?.reason, instead: refusal?.instead ?? [] },
    suggestions: refusal?.instead ?? [],
  })
}

/** Checked before any call: an option the provider does not have is never dropped in silence. @throws unsupported.option */
export function requireOption(isSupported: boolean, provider: Provider, option: string): void {
  if (isSupported) return
  throw new AppError('unsupported.option', `${provider.title} does not offer ${option}`, {
    details: { option, provider: provider.id },
  })
}
