// `npm run docs`: writes the pages that are made from code.
import { writeFileSync } from 'node:fs'
import { errorCodes } from '../src/lib/core/error-codes.ts'
import { renderErrorCodes } from './render-error-codes.ts'

writeFileSync(new URL('../docs/errors.md', import.meta.url), renderErrorCodes(errorCodes))
