// Build hook: one page per product and the list of all, from the catalogue.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

const shop = process.env.SHOP_NAME ?? 'Shop'
const currency = process.env.CURRENCY ?? 'EUR'
const products = JSON.parse(readFileSync('catalog/products.json', 'utf8'))
const template = readFileSync('templates/page.html', 'utf8')
const money = new Intl.NumberFormat('en', { style: 'currency', currency })

rmSync('pub', { recursive: true, force: true })
mkdirSync('pub/products', { recursive: true })
copyFileSync('assets/shop.css', 'pub/shop.css')

for (const { name, price, sku, unit } of products) {
  const content = `<p>${money.format(price)} per ${unit}</p>
    <form method="post" action="/checkout"><input type="hidden" name="sku" value="${sku}"><button>Buy</button></form>`
  writeFileSync(`pub/products/${sku}.html`, page(`${name} – ${shop}`, content))
}
const list = products.map(({ name, price, sku }) => {
  return `<article><a href="/products/${sku}.html">${name}</a> ${money.format(price)}</article>`
})
writeFileSync('pub/index.html', page(shop, list.join('\n    ')))
console.log(`${products.length} product pages built`)

function page(title, content) {
  return template.replaceAll('{{title}}', title).replace('{{content}}', content)
}
