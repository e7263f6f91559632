import type { BodyOf, CallName, QueryOf, ResponseOf } from '../../protocol/api.ts'
import type { Principal } from './authentication.ts'

/** One call, validated by its schema. */
export interface Call<Name extends CallName> {
  readonly params: PathParams
  readonly query: QueryOf<Name>
  readonly body: BodyOf<Name>
  readonly principal: Principal
  /** Of the Idempotency-Key header. */
  readonly key?: string | undefined
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal
}

/** The parameters that paths can have; those of the call's own path are never empty. */
export interface PathParams {
  readonly project: string
  readonly environment: string
  readonly activity: string
  readonly backup: string
  readonly token: string
}

export type Handler<Name extends CallName> = (
  call: Call<Name>,
) => Immutable<ResponseOf<Name>> | Promise<Immutable<ResponseOf<Name>>>

/** Records are read-only all the way down; what a schema infers is not. */
type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Immutable<T[Key]> }
    : T

/** One handler for each call of the API. */
export type Handlers = { readonly [Name in CallName]: Handler<Name> }
