export function documentStore<T>(
  _driver: DocumentDriver,
  _options: DocumentStoreOptions<T> = {},
): DocumentStore<T> {
  throw new Error('being written');
}

import type { DocumentDriver } from './document-driver.ts';
import type { DocumentStoreOptions } from './document-options.ts';
import type { DocumentStore } from './document-port.ts';
