import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { AGE_MAGIC, decrypt, encrypt } from '../../../../src/lib/bundle/encrypt.ts'

const content = randomBytes(400_000)

function pieces(bytes: Buffer): Readable {
  return Readable.from([bytes.subarray(0, 100_000), bytes.subarray(100_000)])
}

describe('an encrypted bundle', () => {
  it('is opened by the identity it was encrypted for, and by no other', async () => {
    const [own, other] = [await generateIdentity(), await generateIdentity()]
    const recipients = [await identityToRecipient(own)]
    const encrypted = await buffer(await encrypt(pieces(content), recipients))

    expect(encrypted.toString('latin1', 0, AGE_MAGIC.length)).toBe(AGE_MAGIC)
    expect(await buffer(await decrypt(pieces(encrypted), [own]))).toEqual(content)
    await expect(decrypt(pieces(encrypted), [other])).rejects.toMatchObject({ code: 'failed.verify' })
  })

  it('fails where a byte differs and where it is cut off', async () => {
    const own = await generateIdentity()
    const encrypted = await buffer(await encrypt(pieces(content), [await identityToRecipient(own)]))
    const damaged = Buffer.from(encrypted)
    damaged.writeUInt8(damaged.readUInt8(200_000) ^ 1, 200_000)

    for (const bytes of [damaged, encrypted.subarray(0, 300_000)])
      await expect(decrypt(pieces(bytes), [own]).then(buffer)).rejects.toThrow(/./)
  })
})
