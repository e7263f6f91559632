import type { Secrets } from '../../secrets/seal.ts'

/** A place in the chain: what the next entry is tied to. */
export interface Link {
  /** Of the entry; 0 before the first one. */
  readonly sequence: number
  /** Hex. */
  readonly hash: string
}

export const BEGINNING: Link = { hash: '', sequence: 0 }

const HASH = /,"hash":"([0-9a-f]{64})"\}$/

/**
 * Each line carries an HMAC over the hash of the line before and its own text. Whoever changes, removes or adds a line
 * without the platform's key breaks the chain from there on.
 */
export function toLine(
  entry: object,
  previous: Link,
  secrets: Secrets,
): { readonly line: string; readonly hash: string } {
  const text = JSON.stringify(entry)
  const hash = hashOf(text, previous, secrets)
  return { hash, line: `${text.slice(0, -1)},"hash":"${hash}"}\n` }
}

/** The hash that a line states and the one it should have; undefined for what is no line of the chain. */
export function checkLine(
  line: string,
  previous: Link,
  secrets: Secrets,
): { readonly stated: string; readonly expected: string } | undefined {
  const stated = HASH.exec(line)?.[1]
  if (stated === undefined) return undefined
  return { expected: hashOf(line.replace(HASH, '}'), previous, secrets), stated }
}

function hashOf(text: string, previous: Link, secrets: Secrets): string {
  return secrets.fingerprint(`audit\n${previous.hash}\n${text}`)
}
