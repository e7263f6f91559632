import { execa, execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { SERVICE_TYPES } from '../../../src/lib/platform/services/catalogue.ts'
import { missingService } from '../../helpers/services/running-service.ts'

const SCRIPT = `${import.meta.dirname}/fixtures/round-trip.ts`
const NOBODY = '65534'
const result = z.object({
  read: z.array(z.string()),
  user: z.number(),
})

const isRoot = process.getuid?.() === 0
/** Each once: what differs between the levels is not theirs. */
describe.each([
  {
    as: [],
    level: 'user',
    reason: isRoot ? undefined : 'only root can give each environment a user of its own',
    types: ['mariadb', 'redis-persistent'],
  },
  {
    as: isRoot ? asNobody() : [],
    level: 'none',
    reason: isRoot ? whyNotNobody() : undefined,
    types: ['postgresql'],
  },
])('data at the level of isolation "$level"', async ({ as, level, reason, types }) => {
  const missing = await Promise.all(SERVICE_TYPES.filter(({ name }) => types.includes(name)).map(missingService))
  const reasons = [...missing, reason].filter(each => each !== undefined)

  it('is backed up, proven and restored, of services and of volumes', async ({ skip }) => {
    skip(reasons.length > 0, reasons.join('; '))
    const [program = '', ...args] = [...as, process.execPath, SCRIPT, level, ...types]
    const { stdout } = await execa(program, args, { cwd: '/', env: { HOME: '/nonexistent' }, timeout: 120_000 })

    const { read, user } = z.parse(result, JSON.parse(stdout))
    for (const output of read) expect(output).toContain('42')
    expect(user).toBe(level === 'none' && isRoot ? Number(NOBODY) : process.getuid?.())
  }, 130_000)
})

function asNobody(): string[] {
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups']
}

/** Databases refuse root, and at this level nobody gives them another user. */
function whyNotNobody(): string | undefined {
  const [program, ...args] = [...asNobody(), 'test', '-r', SCRIPT]
  const { failed } = execaSync(program, args, { reject: false })
  return failed ? 'nobody cannot read this directory, or there is no setpriv' : undefined
}
