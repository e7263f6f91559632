/** What the person at the browser does with a page. */
export interface Person {
  /** Typed into fields of these names. */
  readonly types?: Readonly<Record<string, string>>
  /** Turns down what is asked for as soon as a page offers that. */
  readonly denies?: boolean
}

const MAX_PAGES = 20

interface Visit {
  readonly url: string
  readonly form?: URLSearchParams | undefined
}

interface Page {
  readonly url: string
  readonly text: string
  readonly location: string | null
}

/**
 * Follows redirects and sends forms as a browser does, cookies included, until a page has no form, or comes after the
 * refusal. Returns that page's text.
 */
export async function browse(start: string, person: Person = {}): Promise<string> {
  const cookies = new Map<string, string>()
  let hasDenied = false
  let visit: Visit = { url: start }
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const page = await load(visit, cookies)
    const next: Visit | undefined = hasDenied && page.location === null ? undefined : nextVisit(page, person)
    if (!next) return page.text
    hasDenied ||= next.url.endsWith('/abort')
    visit = next
  }
  throw new Error(`${start} leads to more than ${MAX_PAGES} pages`)
}

async function load({ form, url }: Visit, cookies: Map<string, string>): Promise<Page> {
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
  return { location: response.headers.get('location'), text: await response.text(), url }
}

function nextVisit({ location, text, url }: Page, { denies = false, types = {} }: Person): Visit | undefined {
  if (location !== null) return { url: new URL(location, url).href }
  const abort = /href="([^"]*\/abort)"/.exec(text)?.[1]
  if (denies && abort !== undefined) return { url: new URL(abort, url).href }
  return text.includes('<form') ? fillForm(text, url, types) : undefined
}

function fillForm(text: string, url: string, types: Readonly<Record<string, string>>): Visit {
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
