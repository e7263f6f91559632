import type { Instance, Service } from '../../core/model.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { type Column, renderTable } from './table.ts'

interface Row {
  readonly service: Service
  /** Absent on the line of a service without any. */
  readonly instance?: Instance | undefined
}

const columns: readonly Column<Row>[] = [
  { cell: ({ service }) => service.name, head: 'service' },
  { cell: ({ service }) => service.kind, head: 'kind' },
  { cell: ({ service }) => service.type, head: 'type' },
  { cell: ({ service }) => `${service.ready}/${service.desired}`, head: 'ready' },
  { cell: ({ instance }) => instance?.id ?? '', head: 'instance' },
  { cell: ({ instance }) => instance?.state ?? '', head: 'state' },
  { cell: ({ instance }) => (instance ? String(instance.restarts) : ''), head: 'restarts' },
  {
    cell: ({ instance }) => (instance?.cpuPercent === undefined ? '' : `${instance.cpuPercent.toFixed(0)}%`),
    head: 'cpu',
  },
  { cell: ({ instance }) => renderMemory(instance?.memoryBytes), head: 'memory' },
  { cell: ({ instance }, layout) => renderTime(instance?.startedAt, layout), head: 'started' },
]

/** One line for each instance. */
export function renderServices(services: readonly Service[], layout: Layout): string {
  const rows = services.flatMap((service): Row[] =>
    service.instances.length === 0 ? [{ service }] : service.instances.map(instance => ({ instance, service })),
  )
  return renderTable(rows, columns, layout)
}

function renderMemory(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${Math.round(bytes / 1024 / 1024)}MB`
}
