import type { LogEvent } from '../core/events.ts'
import type { Activities, Call } from '../providers/port.ts'
import { type ActivityView, silentView } from './activity-view.ts'
import { requireSuccess } from './activity-verdict.ts'
import { followActivity } from './follow-activity.ts'
import { createPlainView } from './plain-view.ts'
import type { Runtime } from './runtime.ts'
import { parseDuration } from './times.ts'

export interface ActivityLogOptions {
  readonly activities: Activities
  readonly id: string
  readonly call: Call
  /** One event a line. */
  readonly json: boolean
  readonly timeout?: string | undefined
}

/** The log on stdout until the activity is finished. @throws the activity's error when it failed */
export async function followLog(options: ActivityLogOptions, runtime: Runtime): Promise<void> {
  const { activities, call, id, json, timeout } = options
  const timeoutMs = timeout === undefined ? undefined : await parseDuration(timeout, 'timeout')
  const { createdAt, startedAt } = await activities.get(id, call)
  const began = Date.parse(startedAt ?? createdAt)
  const { activity, tail } = await followActivity(
    {
      activities,
      call,
      id,
      onEvent: json ? event => writeEvent(event, runtime) : undefined,
      timeoutMs,
      view: async () => (json ? silentView : openView(runtime, began)),
    },
    runtime,
  )
  requireSuccess(activity, tail)
}

/** What is there now. */
export async function printLog({ activities, call, id, json }: ActivityLogOptions, runtime: Runtime): Promise<void> {
  const { createdAt, startedAt } = await activities.get(id, call)
  const view = openView(runtime, Date.parse(startedAt ?? createdAt))
  try {
    for await (const event of activities.log(id, { ...call, follow: false })) {
      if (json) writeEvent(event, runtime)
      else if (event.type === 'log') await view.line(event)
    }
  } finally {
    await view.close(true)
  }
}

function openView(runtime: Runtime, startedAt: number): ActivityView {
  const { terminal } = runtime
  return createPlainView({
    isTerminal: terminal.stdoutIsTerminal,
    startedAt,
    write: text => runtime.write(text),
  })
}

function writeEvent(event: LogEvent, runtime: Runtime): void {
  runtime.write(`${JSON.stringify(event)}\n`)
}
