import { missingAnswer, treeAnswer, treeQuestion } from '../../protocol/source.ts'
import { sourcePaths } from '../../protocol/source-paths.ts'
import type { SourceStore } from '../source/source-store.ts'
import { type App, check, readJson } from './app.ts'
import { authorize } from './authorization.ts'

/** Source intake: bodies are streamed, so they have no schema of their own (protocol/source.ts). */
export function mountSources(app: App, sources: SourceStore): void {
  for (const path of [sourcePaths.tree, sourcePaths.blobs]) {
    app.use(path, async (context, next) => {
      authorize(context.get('principal'), { access: 'deploy', project: context.req.param('project') })
      await next()
    })
  }
  app.post(sourcePaths.tree, async context => {
    const { base } = check(treeQuestion, await readJson(context), 'body')
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
