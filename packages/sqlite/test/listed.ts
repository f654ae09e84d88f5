/** What a store lists, as an array. */
import type { DocumentEntry, DocumentStore } from '@runafter/optimistic';

export async function listed<T>(store: DocumentStore<T>, prefix = ''): Promise<DocumentEntry[]> {
  const entries: DocumentEntry[] = [];
  for await (const entry of store.list(prefix)) entries.push(entry);
  return entries;
}
