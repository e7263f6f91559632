import { createCipheriv, createHash, randomBytes, scrypt } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { writeDurably } from '../../source/durable.ts'

/*
 * restic stretches passwords by scrypt so that guessing takes long: half a second for each command. One of 256 random bits cannot
 * be guessed, so the repository's key is sealed with it anew, stretched as little as restic takes. The format of key files:
 * https://restic.readthedocs.io/en/stable/100_references.html#keys-encryption-and-mac
 */

const QUICK = { N: 1024, p: 1, r: 1 }
const SALT_BYTES = 64
const BLOCK = 16
const ENCRYPTION_KEY_BYTES = 32
const KEY_BYTES = ENCRYPTION_KEY_BYTES + 2 * BLOCK
const SCRYPT_MEMORY = 256 * 1024 * 1024

const keyFile = z.looseObject({ N: z.number(), data: z.string(), p: z.number(), r: z.number(), salt: z.string() })
const derive = promisify<string, Buffer, number, object, Buffer>(scrypt)

/** Seals the only key of a new repository anew. @throws an Error when it is not of the format that is known here */
export async function quickenKey(repository: string, password: string): Promise<void> {
  const keys = join(repository, 'keys')
  const [name = ''] = readdirSync(keys)
  const old = keyFile.parse(JSON.parse(readFileSync(join(keys, name), 'utf8')))
  const key = open(await stretch(password, old), Buffer.from(old.data, 'base64'))
  const salt = randomBytes(SALT_BYTES).toString('base64')
  const data = seal(await stretch(password, { ...QUICK, salt }), key)
  const text = JSON.stringify({ ...old, ...QUICK, data: data.toString('base64'), salt })
  writeDurably(join(keys, createHash('sha256').update(text).digest('hex')), text, 0o600)
  rmSync(join(keys, name))
}

function stretch(
  password: string,
  { N, p, r, salt }: Pick<z.infer<typeof keyFile>, 'N' | 'p' | 'r' | 'salt'>,
): Promise<Buffer> {
  return derive(password, Buffer.from(salt, 'base64'), KEY_BYTES, { maxmem: SCRYPT_MEMORY, N, p, r })
}

/** Of nonce, encrypted text and code: whether the code is right is restic's business, who refuses a wrong key. */
function open(key: Buffer, sealed: Buffer): Buffer {
  return counterMode(key, sealed.subarray(0, BLOCK), sealed.subarray(BLOCK, -BLOCK))
}

function seal(key: Buffer, text: Buffer): Buffer {
  const nonce = randomBytes(BLOCK)
  const encrypted = counterMode(key, nonce, text)
  return Buffer.concat([nonce, encrypted, authenticate(key, nonce, encrypted)])
}

/** AES-256 in counter mode, which is the same both ways. */
function counterMode(key: Buffer, nonce: Buffer, text: Buffer): Buffer {
  return createCipheriv('aes-256-ctr', key.subarray(0, ENCRYPTION_KEY_BYTES), nonce).update(text)
}

/** Poly1305-AES (Bernstein 2005). */
function authenticate(key: Buffer, nonce: Buffer, message: Buffer): Buffer {
  const [k, r] = [key.subarray(ENCRYPTION_KEY_BYTES, -BLOCK), key.subarray(-BLOCK)]
  const pad = createCipheriv('aes-128-ecb', k, null).update(nonce)
  const factor = toNumber(r) & 0x0ffffffc0ffffffc0ffffffc0fffffffn
  let sum = 0n
  for (let at = 0; at < message.length; at += BLOCK) {
    const block = message.subarray(at, at + BLOCK)
    sum = ((sum + toNumber(block) + (1n << BigInt(8 * block.length))) * factor) % ((1n << 130n) - 5n)
  }
  const code = BigInt.asUintN(8 * BLOCK, sum + toNumber(pad))
  return Buffer.from(Buffer.from(code.toString(16).padStart(2 * BLOCK, '0'), 'hex').toReversed())
}

/** Little-endian. */
function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`)
}
