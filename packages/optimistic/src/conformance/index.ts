/**
 * `@runafter/optimistic/conformance`: what every store of documents must do, as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeDocumentStore } from '@runafter/optimistic/conformance';
 * @module
 */
export { describeDocumentStore } from './describe-document-store.ts';
export type {
  DocumentStoreCapabilities,
  DocumentStoreHarness,
  DocumentStorePlace,
  FaultyConnection,
  Parcel,
} from './document-store-harness.ts';
