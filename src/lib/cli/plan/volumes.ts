import type { Call, TransferVolume, Volumes } from '../../providers/port.ts'
import type { PlannedStep } from './change-plan.ts'

/** A step for each file that would be sent or deleted. @throws not-found.* */
export async function planVolume(request: TransferVolume, volumes: Volumes, call: Call): Promise<PlannedStep[]> {
  const { remove, send } = await volumes.plan(request, call)
  return [
    ...send.map(({ bytes, path }) => ({ action: 'send', kind: 'file', name: path, to: `${bytes} bytes` })),
    ...remove.map(path => ({ action: 'delete', kind: 'file', name: path })),
  ]
}
