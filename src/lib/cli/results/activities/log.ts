export { logEvent as event } from '../log-event.ts'
