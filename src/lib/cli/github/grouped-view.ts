import type { ActivityView } from '../activity-view.ts'
import { createPlainView, type PlainViewOptions } from '../plain-view.ts'
import { createGroup, type Group } from './workflow-commands.ts'

/** The plain view, each phase in a group of its own. */
export function createGroupedView(options: PlainViewOptions): ActivityView {
  const { write } = options
  const plain = createPlainView(options)
  let open: (Group & { readonly phase: string }) | undefined
  const close = (): void => {
    if (open) write(open.end)
    open = undefined
  }
  return {
    close: async () => close(),
    line: async record => {
      const phase = record.phase ?? open?.phase ?? 'start'
      if (open?.phase !== phase) {
        close()
        open = { ...createGroup(phase), phase }
        write(open.begin)
      }
      await plain.line(record)
    },
  }
}
