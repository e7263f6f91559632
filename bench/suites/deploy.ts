import type { Table } from '../report.ts'
export async function* deploy(_rounds: number | undefined): AsyncGenerator<Table> {}
