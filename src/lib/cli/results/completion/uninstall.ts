export { result, type Result } from './install.ts'
