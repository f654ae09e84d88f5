import { type Office, officeClient, startOffice } from '@runafter/example-office';
import { type HttpResource, httpDocumentStore } from '@runafter/http';
import type { DocumentStoreOptions } from '@runafter/optimistic';
import { type DocumentStorePlace, describeDocumentStore } from '@runafter/optimistic/conformance';
import { afterAll, beforeAll } from 'vitest';
import {
  createParcelList,
  createParcelTable,
  type Directory,
  parcelRows,
  reportItems,
} from './office-resources.ts';
import { type RecordingProxy, recordingProxy } from './recording-proxy.ts';

const pageSize = 50;
const quiet = { limit: 'off', latency: 'off' } as const;
const noFacts = { fences: false, writeIds: false, anyKey: false, anyValue: false };

let office: Office;
let places = 0;

beforeAll(async () => {
  office = await startOffice({ sharepoint: quiet, dataverse: quiet });
});
afterAll(() => office.close());

/** A place whose resource is reached at an address: the office's, or that of a proxy before it. */
function placeAt(
  resourceAt: (url: string) => HttpResource,
): Pick<DocumentStorePlace, 'connect' | 'connectFaulty' | 'close'> {
  const proxies: RecordingProxy[] = [];
  const storeAt = <T>(url: string, options?: DocumentStoreOptions<T>) =>
    httpDocumentStore<T>(resourceAt(url), options);
  return {
    connect: async (options) => storeAt(office.url, options),
    async connectFaulty(options) {
      const proxy = await recordingProxy(office.url);
      proxies.push(proxy);
      return { store: storeAt(proxy.url, options), loseReply: proxy.loseReply };
    },
    async close() {
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

describeDocumentStore('httpDocumentStore (SharePoint list items)', {
  capabilities: { ...noFacts, create: false, nulCharacters: false },
  async open() {
    const list = `Parcels_${++places}`;
    createParcelList(office, list);
    const directory: Directory = new Map();
    const items = officeClient(office.url).list(list);
    return {
      ...placeAt((url) => reportItems(url, list, directory)),
      async seed(key, value) {
        const { id } = await items.create(value);
        directory.set(key, String(id));
      },
    };
  },
});

describeDocumentStore('httpDocumentStore (Dataverse rows)', {
  pageSize,
  capabilities: { ...noFacts, nulCharacters: false },
  async open() {
    const table = `parcels_${++places}`;
    createParcelTable(office, table);
    return placeAt((url) => parcelRows(url, table, pageSize));
  },
});
