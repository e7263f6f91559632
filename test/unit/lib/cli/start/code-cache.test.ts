import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCode, writeCode } from '../../../../../src/lib/cli/start/code-cache.ts'
import { makeDirectory } from '../../../../helpers/cli/run-command.ts'

const code = Buffer.from('code')

it('gives back the code that was left behind', async () => {
  const file = join(await makeDirectory(), 'code', 'build', 'deploy')

  writeCode(file, code)

  expect(readCode(file)).toEqual(code)
  expect(readCode(join(file, 'none'))).toBeUndefined()
})

it('does not run code that somebody else could have put there', async () => {
  const file = join(await makeDirectory(), 'code', 'build', 'deploy')
  writeCode(file, code)

  chmodSync(file, 0o620)

  expect(readCode(file)).toBeUndefined()
})

it('removes the code of builds that are old when a new one begins', async () => {
  const root = join(await makeDirectory(), 'code')
  const old = join(root, 'old')
  const recent = join(root, 'recent')
  for (const directory of [old, recent]) mkdirSync(directory, { recursive: true })
  utimesSync(old, new Date(0), new Date(0))

  writeCode(join(root, 'new', 'deploy'), code)

  expect([existsSync(old), existsSync(recent)]).toEqual([false, true])
  expect(readFileSync(join(root, 'new', 'deploy'))).toEqual(code)
})

it('changes nothing where nothing can be written', () => {
  expect(() => writeCode('/proc/aloft/code/build/deploy', code)).not.toThrow()
})
