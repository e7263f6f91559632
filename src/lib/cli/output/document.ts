/** The version of the envelope around every document. */
export const ENVELOPE_VERSION = 1

/** Turns a document into its text. */
export type DocumentPrinter = (document: unknown) => string

export const printJson: DocumentPrinter = document => `${JSON.stringify(document, null, 2)}\n`

/** For streams: one line. */
export const printJsonLine: DocumentPrinter = document => `${JSON.stringify(document)}\n`

export async function loadYamlPrinter(): Promise<DocumentPrinter> {
  const { stringify } = await import('yaml')
  // as JSON first: no keys without a value, and no aliases for what is there twice
  return document => stringify(JSON.parse(JSON.stringify(document)), { aliasDuplicateObjects: false })
}
