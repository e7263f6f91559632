import { rabbitmq } from '../../../src/lib/platform/services/rabbitmq.ts'
import type { RunningService } from '../../helpers/services/running-service.ts'
import { describeService } from './service-contract.ts'

describeService({
  broken: { dump: '{"users": [', says: /no definitions/ },
  configuration: { vhosts: ['orders'] },
  async read(service) {
    const { isCutOff } = service.target.place
    if (!isCutOff) await control(service, 'printf %s "$PASSWORD" | rabbitmqctl --quiet authenticate_user main')
    return service.count()
  },
  type: rabbitmq,
  write: async (service, word) => {
    await control(
      service,
      `printf %s "$WORK" >$TMPDIR/${word}; rabbitmqctl --quiet import_definitions $TMPDIR/${word}`,
      {
        WORK: JSON.stringify(workOf(word)),
      },
    )
  },
})

/** A queue with what leads to it. */
function workOf(word: string): unknown {
  const place = { vhost: 'orders' }
  const name = `${word}-queue`
  const lasting = { arguments: {}, auto_delete: false, durable: true }
  return {
    bindings: [
      { ...place, arguments: {}, destination: name, destination_type: 'queue', routing_key: '#', source: word },
    ],
    exchanges: [{ ...place, ...lasting, internal: false, name: word, type: 'topic' }],
    policies: [
      { ...place, 'apply-to': 'queues', definition: { 'max-length': 9 }, name: word, pattern: '.*', priority: 0 },
    ],
    queues: [{ ...place, ...lasting, name }],
  }
}

async function control(service: RunningService, script: string, over: Record<string, string> = {}): Promise<string> {
  const { place, type } = service.target
  const { variables = {} } = type.launch?.(place) ?? {}
  return service.run({
    command: `. ./library.sh; ${script}`,
    variables: { ...variables, PASSWORD: place.credentials.password, ...over },
  })
}
