/** Small JSON values of the platform itself. */
export interface SettingStore {
  get(name: string): unknown
  set(name: string, value: unknown): void
  delete(name: string): void
  /** Those whose name begins with `prefix`, by name. */
  list(prefix: string): { readonly name: string; readonly value: unknown }[]
  /** Adds one to a counter that begins at 0, and returns it. */
  increment(name: string): number
}
