const REDACTED = '[redacted]'
/** Shorter values turn up everywhere by chance; hiding them would hide everything else. */
const SHORTEST = 4
const SECRET_HEADER = /^(?:proxy-)?authorization$|cookie|token|secret|api-?key|password/i
const SECRET_FIELD =
  /(?:token|password|passwd|passphrase|secret|authorization|cookie|credentials?|assertion|api_?key|access_?key|private_?key|signature)$/i
/** Of forms and queries: OAuth and signed addresses. */
const SECRET_PARAMETER = /^(?:code|code_verifier|device_code|sig|key|x-amz-credential)$/i
/** Records of names and values nobody told us the meaning of. */
const SETTINGS = /^(?:variables|env|environment)$/i
const SECRET_MARKS = ['secret', 'is_sensitive', 'sensitive']

/**
 * What may not be shown: values known to be secret, wherever they turn up, and what stands in places that are known for
 * secrets. The one place that decides it, for `--debug` and for the text of errors.
 */
export class Redaction {
  readonly #known = new Set<string>()

  /** From now on this value is hidden everywhere, also in the encodings it travels in. */
  learn(value: string | undefined): void {
    if (value === undefined || value.length < SHORTEST) return
    this.#known.add(value)
  }

  /** Learns the secrets of a request: credentials in its headers, fields of its JSON or form. */
  learnFrom(headers: Readonly<Record<string, string>>, body: unknown): void {
    for (const [name, value] of Object.entries(headers))
      if (SECRET_HEADER.test(name)) this.learn(value.replace(/^\w+ +/, ''))
    if (body instanceof URLSearchParams) {
      for (const [name, value] of body) if (isSecretParameter(name)) this.learn(value)
    } else if (!(body instanceof Uint8Array)) walk(body, value => this.learn(value))
  }

  text(text: string): string {
    let shown = text
      .replaceAll(/\b(Bearer|Basic) +[\w.~+/=-]{4,}/gi, `$1 ${REDACTED}`)
      .replaceAll(/\b(\w[\w+.-]*:\/\/)[^\s/@"']+@/g, `$1${REDACTED}@`)
      .replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED)
    for (const secret of this.#forms()) shown = shown.replaceAll(secret, REDACTED)
    return shown
  }

  header(name: string, value: string): string {
    return SECRET_HEADER.test(name) ? REDACTED : this.text(value)
  }

  /** Without userinfo and with the values of telling parameters hidden. */
  url(url: URL): string {
    const shown = new URL(url)
    shown.username = ''
    shown.password = ''
    shown.search = this.form(url.searchParams)
    return this.text(shown.href)
  }

  form(fields: URLSearchParams): string {
    return [...fields]
      .map(([name, value]) => `${name}=${isSecretParameter(name) ? REDACTED : this.text(encodeURIComponent(value))}`)
      .join('&')
  }

  /** A whole body of that content type; half of one may hide nothing. */
  body(text: string, type: string): string {
    if (type.includes('form-urlencoded')) return this.form(new URLSearchParams(text))
    try {
      return JSON.stringify(this.#copy(JSON.parse(text), isNever))
    } catch {
      return this.text(text)
    }
  }

  /** An error's details. */
  details(details: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, this.#copy(value, isNever)]))
  }

  #copy(value: unknown, isSecret: () => boolean): unknown {
    if (typeof value === 'string') return this.text(value)
    if (Array.isArray(value)) return value.map(item => this.#copy(item, isNever))
    if (!isRecord(value)) return value
    const hides = secretFieldsOf(value)
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        this.text(name),
        typeof field === 'string' && (isSecret() || hides(name))
          ? REDACTED
          : this.#copy(field, SETTINGS.test(name) ? isAlways : isNever),
      ]),
    )
  }

  /** Longest first, so that no rest of a longer one stays. */
  #forms(): string[] {
    const forms = [...this.#known].flatMap(secret => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
    ])
    return [...new Set(forms)].toSorted((a, b) => b.length - a.length)
  }
}

function walk(value: unknown, found: (secret: string) => void, isSecret = isNever): void {
  if (Array.isArray(value)) for (const item of value) walk(item, found)
  if (!isRecord(value) || Array.isArray(value)) return
  const hides = secretFieldsOf(value)
  for (const [name, field] of Object.entries(value)) {
    if (typeof field !== 'string') walk(field, found, SETTINGS.test(name) ? isAlways : isNever)
    else if (isSecret() || hides(name)) found(field)
  }
}

/** By a field's own name, and in `{ name, value, secret }` by the mark or by the name that the entry has. */
function secretFieldsOf(value: Readonly<Record<string, unknown>>): (name: string) => boolean {
  const isMarked =
    SECRET_MARKS.some(mark => value[mark] === true) ||
    (typeof value['name'] === 'string' && SECRET_FIELD.test(value['name']))
  return name => SECRET_FIELD.test(name) || (isMarked && name === 'value')
}

function isSecretParameter(name: string): boolean {
  return SECRET_FIELD.test(name) || SECRET_PARAMETER.test(name)
}

const isAlways = (): boolean => true
const isNever = (): boolean => false

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
