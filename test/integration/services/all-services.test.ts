import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { probeIsolation } from '../../../src/lib/platform/engine/process/isolation/probe.ts'
import { chooseAddress } from '../../../src/lib/platform/services/addresses.ts'
import { SERVICE_TYPES } from '../../../src/lib/platform/services/catalogue.ts'
import { createKits } from '../../../src/lib/platform/services/kits.ts'
import { managedServiceState } from '../../../src/lib/platform/services/managed-state.ts'
import type { ServicePlace, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { allReady, createFixture, desired, type EngineFixture, until, untilTrue } from '../../helpers/process-engine.ts'
import { missingService } from '../../helpers/services/running-service.ts'

const environment = createId('env')
/** One of each program: the flavours of Redis differ by a setting, those of search by a name. */
const TYPES = ['postgresql', 'mariadb', 'redis', 'redis-persistent', 'memcached', 'rabbitmq', 'search']
const TIMEOUT_MS = 120_000

const types = SERVICE_TYPES.filter(({ name }) => TYPES.includes(name))
const { level } = await probeIsolation()
const reasons = (await Promise.all(types.map(missingService))).filter(reason => reason !== undefined)
if (level !== 'namespaces') reasons.push(`the level of isolation is ${level}, not namespaces`)

describe('all services of one environment', () => {
  let fixture: EngineFixture
  beforeAll(async () => {
    fixture = await createFixture()
  })
  afterAll(() => fixture.dispose())

  it(
    'run beside each other, each at its own address, and leave nothing behind',
    async ({ skip }) => {
      skip(reasons.length > 0, reasons.join('; '))
      const { engine } = fixture
      const kits = createKits(fixture)
      const places = await Promise.all(types.map(type => placeOf(type)))
      const states = await Promise.all(
        types.map(async (type, index) => {
          const place = places[index]
          if (!place) throw new Error(`no place for ${type.name}`)
          const artifact = await kits.make(type, place.installed, { signal: AbortSignal.timeout(TIMEOUT_MS) })
          return managedServiceState(type, place, { artifact })
        }),
      )
      await engine.apply(desired(environment, states, 'services'))
      await until(engine, environment, allReady(types.length))

      for (const place of places) await answers(place)
      const running = ofEnvironment().map(pid => read(`/proc/${pid}/comm`).trim())
      expect(running.length).toBeGreaterThanOrEqual(types.length)
      expect(running).not.toContain('epmd')

      await engine.remove(environment)
      await untilTrue(() => ofEnvironment().length === 0, 'no process of the environment is left')
      for (const place of places) await expect(answers(place)).rejects.toThrow('ECONNREFUSED')
    },
    TIMEOUT_MS,
  )
})

async function placeOf(type: ServiceType): Promise<ServicePlace> {
  const installed = await type.locate()
  if (!installed.found) throw new Error(`there is no ${type.title}`)
  const request = { hasManyAddresses: true, isTaken: () => false, key: `${environment}/${type.name}`, port: type.port }
  const { host, port } = await chooseAddress(request)
  const credentials = { password: 'secret', username: 'main' }
  return { configuration: {}, credentials, host, hostName: host, installed, isCutOff: false, name: type.name, port }
}

async function answers({ host, port }: ServicePlace): Promise<void> {
  const socket = connect(port, host)
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}

/** Pids of what carries the environment's mark, wherever it went: daemons keep it. Dead ones have none. */
function ofEnvironment(): string[] {
  return pids().filter(pid => read(`/proc/${pid}/environ`).includes(`ALOFT_INSTANCE=${environment}/`))
}

function pids(): string[] {
  return readdirSync('/proc').filter(name => /^\d+$/.test(name))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
