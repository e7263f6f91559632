import type { Volume, VolumeTransfer } from '../../core/model.ts'
import { listView } from '../output/view.ts'
import { renderBytes } from './bytes.ts'

export const volumeList = listView<Volume>([
  { cell: volume => volume.name, name: 'name' },
  {
    cell: ({ mounts }) => mounts.map(({ path, service }) => `${service}:${path}`).join(' '),
    isFlexible: true,
    name: 'mounts',
  },
  { cell: ({ bytes }) => renderBytes(bytes), name: 'usage' },
  { cell: ({ files }) => String(files), name: 'files' },
  { cell: ({ quotaBytes }) => (quotaBytes === undefined ? '' : renderBytes(quotaBytes)), name: 'quota' },
  { cell: ({ enforced }) => (enforced === undefined ? '' : enforced ? 'yes' : 'no'), name: 'enforced' },
])

/** Warnings: of each volume that takes more than it should, and of those that nothing keeps from that. */
export function quotaWarnings(volumes: readonly Volume[]): string[] {
  const free = volumes.flatMap(({ enforced, name }) => (enforced === false ? name : []))
  const unenforced = free.length === 0 ? [] : [`nothing enforces the quota of ${free.join(', ')} here`]
  return [...overQuota(volumes), ...unenforced]
}

function overQuota(volumes: readonly Volume[]): string[] {
  return volumes.flatMap(({ bytes, name, quotaBytes }) =>
    quotaBytes === undefined || bytes <= quotaBytes
      ? []
      : `volume ${name} takes ${renderBytes(bytes)}, more than the ${renderBytes(quotaBytes)} that the project files ask for`,
  )
}

export function renderTransfer({ bytes, files, passedOver, removed, unchanged }: VolumeTransfer): string {
  return [
    `${files} ${files === 1 ? 'file' : 'files'} sent (${renderBytes(bytes)}), ${unchanged} unchanged, ${removed} deleted\n`,
    ...(passedOver === 0 ? [] : [`${passedOver} passed over: links and what else is no file\n`]),
  ].join('')
}
