// The build hook: fingerprints the stylesheet, so that browsers may keep it for a year, and writes the page around it.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const css = readFileSync('src/style.css', 'utf8').replaceAll(/\s+/g, ' ').trim()
const stylesheet = `style.${createHash('sha256').update(css).digest('hex').slice(0, 10)}.css`

rmSync('public', { recursive: true, force: true })
mkdirSync('public/assets', { recursive: true })
writeFileSync(`public/assets/${stylesheet}`, css)
const page = readFileSync('src/page.html', 'utf8').replace('{{stylesheet}}', stylesheet).replace('{{version}}', version)
writeFileSync('public/page.html', page)
console.log(`built version ${version}: public/page.html, public/assets/${stylesheet} (${css.length} bytes)`)
