import type * as listr2 from 'listr2'
import type { ActivityView } from './activity-view.ts'
import { type ColourLevel, tellLibraries } from './colours.ts'
import { safeText } from './render/safe-text.ts'

const LINES_SHOWN = 5

interface Phase {
  readonly name: string
  say(line: string): void
  /** Leaves its final mark on the screen. */
  end(isDone: boolean): Promise<void>
}

/** A live tree on stderr: each phase with its last lines; finished ones keep their mark and their time. */
export async function createTreeView(colours: ColourLevel): Promise<ActivityView> {
  tellLibraries(colours)
  const listr = await import('listr2')
  let current: Phase | undefined
  return {
    close: async isDone => {
      await current?.end(isDone)
      current = undefined
    },
    line: async ({ message, phase }) => {
      const name = phase ?? current?.name ?? 'start'
      if (current?.name !== name) {
        await current?.end(true)
        current = startPhase(listr, name)
      }
      current.say(safeText(message))
    },
  }
}

function startPhase({ Listr, ListrLogger, PRESET_TIMER, ProcessOutput }: typeof listr2, name: string): Phase {
  const { promise, reject, resolve } = Promise.withResolvers<void>()
  let say: ((line: string) => void) | undefined
  const logger = new ListrLogger<listr2.ListrDefaultRendererLogLevels>({
    processOutput: new ProcessOutput(process.stderr, process.stderr),
    useIcons: false,
  })
  const list = new Listr(
    [
      {
        rendererOptions: { outputBar: LINES_SHOWN },
        task: (_context, task) => {
          say = line => {
            task.output = line
          }
          return promise
        },
        title: name,
      },
    ],
    {
      exitOnError: false,
      registerSignalListeners: false,
      renderer: 'default',
      rendererOptions: { collapseErrors: true, logger, showErrorMessage: false, timer: PRESET_TIMER },
    },
  )
  const ended = list.run()
  return {
    end: async isDone => {
      if (isDone) resolve()
      else reject(new Error(`${name} failed`))
      await ended
    },
    name,
    say: line => say?.(line),
  }
}
