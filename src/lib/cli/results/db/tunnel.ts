export { tunnelEvent as event } from '../tunnel-event.ts'
