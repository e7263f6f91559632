import { missingAnswer, treeAnswer, treeQuestion } from '../../protocol/source.ts'
import { sourcePaths } from '../../protocol/source-paths.ts'
import type { SourceStore } from '../source/source-store.ts'
import { type App, check } from './app.ts'

/** Source intake: bodies are streamed, so they have no schema of their own (protocol/source.ts). */
export function mountSources(app: App, sources: SourceStore): void {
  app.post(sourcePaths.tree, async context => {
    const { base } = check(treeQuestion, await context.req.json(), 'body')
    return context.json(check(treeAnswer, sources.ask(context.req.param('digest'), base), 'answer'))
  })
  app.put(sourcePaths.tree, async context => {
    const answer = await sources.putTree(context.req.param('digest'), context.env.incoming)
    return context.json(check(missingAnswer, answer, 'answer'))
  })
  app.post(sourcePaths.blobs, async context => {
    const received = await sources.receiveBlobs(context.env.incoming)
    return context.json({ received })
  })
}
