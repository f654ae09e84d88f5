import type { DocumentStore } from '@runafter/optimistic';

/** The keys of all documents in a store, sorted. */
export async function listedKeys(store: DocumentStore<unknown>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys.sort();
}
