import type { Instance, Service } from '../../core/model.ts'
import { type Column, rowsView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

interface Row {
  readonly service: Service
  /** Absent on the line of a service without any. */
  readonly instance?: Instance | undefined
}

const columns: readonly Column<Row>[] = [
  { cell: ({ service }) => service.name, name: 'service' },
  { cell: ({ service }) => service.kind, name: 'kind' },
  { cell: ({ service }) => service.type, isFlexible: true, name: 'type' },
  { cell: ({ service }) => `${service.ready}/${service.desired}`, name: 'ready' },
  { cell: ({ instance }) => instance?.id ?? '', name: 'instance' },
  { cell: ({ instance }) => instance?.state ?? '', name: 'state' },
  { cell: ({ instance }) => (instance ? String(instance.restarts) : ''), name: 'restarts' },
  {
    cell: ({ instance }) => (instance?.cpuPercent === undefined ? '' : `${instance.cpuPercent.toFixed(0)}%`),
    name: 'cpu',
  },
  { cell: ({ instance }) => renderMemory(instance?.memoryBytes), name: 'memory' },
  { cell: ({ instance }, layout) => renderTime(instance?.startedAt, layout), name: 'started' },
  { cell: ({ service }) => service.address ?? '', name: 'address' },
]

/** One line for each instance. */
export const serviceList = rowsView<readonly Service[], Row>(columns, services =>
  services.flatMap((service): Row[] =>
    service.instances.length === 0 ? [{ service }] : service.instances.map(instance => ({ instance, service })),
  ),
)

function renderMemory(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${Math.round(bytes / 1024 / 1024)}MB`
}
