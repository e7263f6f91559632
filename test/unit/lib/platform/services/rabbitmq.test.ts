import { expect, test } from 'vitest'
import { rabbitmq } from '../../../../../src/lib/platform/services/rabbitmq.ts'
import { servicePlace } from '../../../../helpers/services/place.ts'

test('nodes of several environments have ports of their own, each the same at every start', () => {
  expect(portOf('127.66.0.1')).toBe(portOf('127.66.0.1'))
  expect(portOf('127.66.0.1')).not.toBe(portOf('127.66.0.2'))
})

function portOf(host: string): string | undefined {
  return rabbitmq.launch?.(servicePlace({ host, port: 5672 })).variables['DIST_PORT']
}
