import { createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { serveSources } from './loopback.ts'

const [, , directory] = process.argv
await serveSources(createSourceStore({ directory }), directory)
process.send('listening')
