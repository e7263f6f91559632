import { appendFileSync } from 'node:fs'

const [, , file] = process.argv
appendFileSync(file, 'x')
process.send('writing')
for (;;) appendFileSync(file, 'x')
