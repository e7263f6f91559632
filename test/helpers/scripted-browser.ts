/** What the person at the browser does with a page. */
export interface Person {
  /** Typed into fields of these names. */
  readonly types?: Readonly<Record<string, string>>
  /** Turns down what is asked for as soon as a page offers that. */
  readonly denies?: boolean
}

const MAX_PAGES = 20

/**
 * Follows redirects and sends forms as a browser does, cookies included, until a page has no form, or comes
 * after the refusal.
 * Returns that page's text.
 */
export async function browse(start: string, { denies = false, types = {} }: Person = {}): Promise<string> {
  const cookies = new Map<string, string>()
  let hasDenied = false
  let next: { url: string; form?: URLSearchParams } | undefined = { url: start }
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { form, url }: { url: string; form?: URLSearchParams } = next
    const response = await fetch(url, {
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
      ...(form ? { body: form, method: 'POST' } : {}),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    const text = await response.text()
    const location = response.headers.get('location')
    const abort = /href="([^"]*\/abort)"/.exec(text)?.[1]
    if (location !== null) next = { url: new URL(location, url).href }
    else if (hasDenied) return text
    else if (denies && abort !== undefined) {
      hasDenied = true
      next = { url: new URL(abort, url).href }
    } else if (text.includes('<form')) next = fillForm(text, url, types)
    else return text
  }
  throw new Error(`${start} leads to more than ${MAX_PAGES} pages`)
}

function fillForm(
  text: string,
  url: string,
  types: Readonly<Record<string, string>>,
): { url: string; form: URLSearchParams } {
  const form = new URLSearchParams()
  for (const [tag] of text.matchAll(/<input[^>]*>/g)) {
    const name = attribute(tag, 'name')
    if (name !== undefined) form.set(name, types[name] ?? attribute(tag, 'value') ?? '')
  }
  return { form, url: new URL(attribute(/<form[^>]*>/.exec(text)?.[0] ?? '', 'action') ?? '', url).href }
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
}
