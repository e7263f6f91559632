import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Account } from '../../../src/lib/providers/accounts-port.ts'
import { openAccounts, type StoredAccounts } from '../../../src/lib/providers/accounts.ts'

const ACCOUNT: Account = { address: 'https://cloud.example', name: 'work', provider: 'platform' }

const SEALED = 'data/credentials.json'

let home: string

beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'aloft-accounts-'))))
afterEach(() => rmSync(home, { force: true, recursive: true }))

function open(told: string[] = []): StoredAccounts {
  return openAccounts({ ALOFT_CREDENTIAL_STORE: 'file', ALOFT_HOME: home }, text => told.push(text))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

const read = (path: string): string => readFileSync(join(home, path), 'utf8')

describe('the files of accounts', () => {
  it('are for their user alone, and the key lies apart from what it opens', async () => {
    await open().add(ACCOUNT, { token: 'top-s3cret' })

    for (const file of ['config/accounts.json', 'config/credentials.key', SEALED]) {
      expect(statSync(join(home, file)).mode & 0o777).toBe(0o600)
    }
    expect(read(SEALED)).not.toContain(read('config/credentials.key').trim())
  })

  it('give up the tokens that older versions wrote into them, at the first use', async () => {
    const account = { address: 'https://cloud.example', provider: 'platform' }
    write(
      'config/accounts.json',
      JSON.stringify({
        accounts: [
          { ...account, name: 'work', token: 'old-t0ken' },
          { ...account, name: 'other', token: 'old-0ther' },
        ],
        current: 'work',
      }),
    )

    expect(await open().token('work')).toBe('old-t0ken')

    expect(read('config/accounts.json')).not.toMatch(/old-t0ken|old-0ther/)
    expect(await open().token('other')).toBe('old-0ther')
    expect((await open().current())?.name).toBe('work')
    expect((await open().list()).map(({ credential }) => credential)).toEqual(['file', 'file'])
  })

  it('lose no account when many logins write at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']

    await Promise.all(names.map(name => open().add({ ...ACCOUNT, name }, { token: `token of ${name}` })))

    expect((await open().list()).map(({ name }) => name).toSorted()).toEqual(names)
    for (const name of names) expect(await open().token(name)).toBe(`token of ${name}`)
  })

  it('forget the credential with the account', async () => {
    await open().add(ACCOUNT, { token: 'top-s3cret' })
    await open().remove('work')

    expect(JSON.parse(read(SEALED))).toEqual({ sealed: {}, version: 1 })
    await expect(open().token('work')).rejects.toMatchObject({ code: 'not-found.account' })
  })

  it('name the nearest accounts for one that is not there', async () => {
    await open().add(ACCOUNT, { token: 'x' })

    await expect(open().use('wrok')).rejects.toMatchObject({
      code: 'not-found.account',
      details: { nearest: ['work', 'local'] },
    })
  })

  it.each([
    { at: '3:3', text: '{\n  "accounts": [],\n  oops\n}', what: 'broken JSON' },
    {
      at: '3:6',
      text: '{\n  "accounts": [\n    {"name": 7, "provider": "platform", "address": "x", "token": "s3cret-here"}\n  ]\n}',
      what: 'a wrong type',
    },
    { at: '1:1', text: '[]', what: 'another document' },
  ])('are named with the place when they hold $what, never with what stands there', async ({ at, text }) => {
    write('config/accounts.json', text)

    const error: unknown = await open()
      .list()
      .catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({
      code: 'usage.config',
      message: expect.stringContaining(`accounts.json:${at}: `),
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret-here')
  })
})

describe('the encrypted file', () => {
  beforeEach(() => open().add(ACCOUNT, { token: 'top-s3cret' }))

  const damages = [
    { damage: () => write(SEALED, '{"version": 1, '), what: 'is cut off' },
    { damage: () => write('config/credentials.key', Buffer.alloc(32, 7).toString('base64')), what: 'has another key' },
    { damage: () => write('config/credentials.key', 'short'), what: 'has no valid key' },
    { damage: () => rmSync(join(home, 'config/credentials.key')), what: 'has lost its key' },
    {
      damage: () => write(SEALED, read(SEALED).replace(/"(acc_\w+)": "..../, '"$1": "AAAA')),
      what: 'was edited',
    },
  ]
  it.each(damages)('is refused when it $what', async ({ damage }) => {
    damage()

    const error: unknown = await open()
      .token('work')
      .catch((thrown: unknown) => thrown)

    expect(error).toMatchObject({ code: 'auth.credential-file' })
    expect(String(error)).not.toContain('top-s3cret')
  })

  it('does not open one credential under the name of another', async () => {
    await open().add({ ...ACCOUNT, name: 'other' }, { token: 'an0ther' })
    const { sealed } = z.parse(z.object({ sealed: z.record(z.string(), z.string()) }), JSON.parse(read(SEALED)))
    const swapped = Object.keys(sealed).map((id, index) => [id, Object.values(sealed).toReversed()[index]])
    write(SEALED, JSON.stringify({ sealed: Object.fromEntries(swapped), version: 1 }))

    await expect(open().token('work')).rejects.toMatchObject({ code: 'auth.credential-file' })
  })
})

describe('a home that cannot be written', () => {
  it('is named, with the way out', async () => {
    writeFileSync(join(home, 'config'), 'a file in the place of the directory')

    await expect(open().add(ACCOUNT, { token: 'top-s3cret' })).rejects.toMatchObject({
      code: 'usage.home',
      suggestions: [expect.stringContaining('ALOFT_HOME')],
    })
  })

  it('keeps what it had when the disk is full', async context => {
    context.skip(process.getuid?.() !== 0, 'needs root, to mount a small disk')
    const directory = home
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory])
    try {
      await open().add(ACCOUNT, { token: 'top-s3cret' })
      execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2>/dev/null || true', join(directory, 'filler')])

      await expect(open().add({ ...ACCOUNT, name: 'other' }, { token: 'x' })).rejects.toMatchObject({
        code: 'failed.disk-full',
      })
      expect(await open().token('work')).toBe('top-s3cret')
      expect(await open().list()).toHaveLength(1)
    } finally {
      execFileSync('umount', ['-l', directory])
    }
  })
})
