import { expect, test } from 'vitest'
import { layoutOfStdout } from '../../../../../src/lib/cli/render/layout.ts'
import { renderTunnel } from '../../../../../src/lib/cli/render/tunnel.ts'
import { systemClock } from '../../../../../src/lib/core/clock.ts'
import { noTerminal, personAtTerminal } from '../../../../helpers/cli/run-command.ts'

const EVENT = {
  connections: [{ database: 'main', endpoint: 'mysql', url: 'mysql://ada@127.0.0.1:4000/main', username: 'ada' }],
  host: '127.0.0.1',
  port: 4000,
  service: 'db',
  serviceType: 'mariadb:10.11',
  type: 'tunnel',
} as const

test('a tunnel is aligned on a terminal, and a name, a tab and a value a line elsewhere', () => {
  const [terminal, pipe] = [personAtTerminal, noTerminal].map(each =>
    layoutOfStdout({ clock: systemClock, terminal: each }),
  )
  if (!terminal || !pipe) throw new Error('no layouts')
  expect(renderTunnel(EVENT, terminal)).toBe(
    'service   db (mariadb:10.11)\naddress   127.0.0.1:4000\nuser      ada\ndatabase  main\nurl       mysql://ada@127.0.0.1:4000/main\n',
  )
  expect(renderTunnel(EVENT, pipe)).toMatch(/^service\tdb \(mariadb:10\.11\)\naddress\t127\.0\.0\.1:4000\nuser\tada\n/)
})
