import type * as z from 'zod/mini'

/*
 * What `--json` prints, as schemas: one module for each command, at the command's own path. They are the published
 * contract, strict, and apart from the wire's schemas, which may change with the platform. Commands take their types from
 * here (`import type`); the schemas themselves are loaded by tests and by `npm run docs` only.
 */

/** One schema for each field of `T`, the optional ones too: a field that the model gains does not compile until it is here. */
export type Shape<T> = { readonly [K in keyof T]-?: z.ZodMiniType<T[K]> }

/** What a command returns that promises this schema. */
export type ResultOf<S extends z.ZodMiniType> = DeepReadonly<z.output<S>>

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T
