import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ErrorCode } from '../core/error-codes.ts'
import { AppError } from '../core/errors.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Whose secrets they are: what is said when their key is not the one. */
export interface KeyOwner {
  readonly code: ErrorCode
  readonly suggestions: readonly string[]
}

/** Encryption at rest: AES-256-GCM (NIST SP 800-38D) with a key from a file of its own. */
export interface Secrets {
  /** `context` says what the text belongs to: it opens only with the same one, so that values cannot be exchanged. */
  seal(text: string, context: string): Uint8Array
  /** @throws the owner's error when it was sealed with another key or context, or is damaged */
  open(sealed: Uint8Array, context: string): string
  /** A digest that tells nothing about the text to those without the key. */
  fingerprint(text: string): string
}

export function createSecrets(key: Uint8Array, owner: KeyOwner): Secrets {
  return {
    fingerprint: text => createHmac('sha256', key).update(text).digest('hex'),
    open(sealed, context) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_BYTES))
        const body = sealed.subarray(NONCE_BYTES, -TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString()
      } catch (cause) {
        throw new AppError(owner.code, `${context} cannot be decrypted: the secret key is not the one`, {
          cause,
          suggestions: owner.suggestions,
        })
      }
    },
    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(context))
      return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()])
    },
  }
}

/**
 * The key in this file, made with mode 0600 at first use. It is there whole or not at all, also after a crash.
 * @throws the owner's error when the file is no key
 */
export function loadSecretKey(path: string, owner: KeyOwner): Uint8Array {
  const key = readKey(path) ?? createKey(path)
  if (key.length === KEY_BYTES) return key
  throw new AppError(owner.code, `${path} is not a key of ${KEY_BYTES} bytes in base64`, {
    suggestions: owner.suggestions,
  })
}

function readKey(path: string): Uint8Array | undefined {
  try {
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function createKey(path: string): Uint8Array {
  mkdirSync(dirname(path), { mode: 0o700, recursive: true })
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeDurably(temporary, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
  try {
    // unlike rename, link never replaces a key that another process made meanwhile
    linkSync(temporary, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    unlinkSync(temporary)
  }
  syncDirectory(dirname(path))
  return readKey(path) ?? new Uint8Array()
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
