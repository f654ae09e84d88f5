/**
 * The REST interface of Blob Storage as a resource for documents: what a service without a preset takes.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 * @module
 */
import { ContainerClient, ContainerSASPermissions } from '@azure/storage-blob';
import type { HttpEntry, HttpResource } from '@runafter/http';
import { keyOfName, nameOfKey } from './key-names.ts';

/** @param prefix - stands before the names of all blobs. */
export async function blobResource(
  connectionString: string,
  container: string,
  prefix: string,
  pageSize: number,
): Promise<HttpResource> {
  const address = await new ContainerClient(connectionString, container).generateSasUrl({
    permissions: ContainerSASPermissions.parse('racwdl'),
    expiresOn: new Date(Date.now() + 3_600_000),
  });
  const list = (parameters: Record<string, string>) => {
    const url = new URL(address);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    url.searchParams.set('restype', 'container');
    url.searchParams.set('comp', 'list');
    url.searchParams.set('maxresults', String(pageSize));
    return url;
  };
  return {
    name: 'Blobs over HTTP',
    url(key) {
      const url = new URL(address);
      url.pathname += `/${prefix}${encodeURIComponent(nameOfKey(key))}`;
      return url;
    },
    headers: { 'x-ms-blob-type': 'BlockBlob', 'x-ms-version': '2021-12-02' },
    // Delete Blob answers 202, and by then nobody can read the blob any more.
    meaning: ({ status }, operation) =>
      operation === 'remove' && status === 202 ? 'done' : undefined,
    list: {
      url: (keys) => list({ prefix: prefix + nameOfKey(keys) }),
      entries: ({ text }) => [...entriesIn(text, prefix)],
      next({ text }) {
        const [, marker = ''] = /<NextMarker>(.+)<\/NextMarker>/.exec(text) ?? [];
        const [, names = ''] = /<Prefix>(.*?)<\/Prefix>/s.exec(text) ?? [];
        return marker === ''
          ? undefined
          : list({ prefix: decoded(names), marker: decoded(marker) });
      },
    },
  };
}

function* entriesIn(xml: string, prefix: string): Generator<HttpEntry> {
  for (const [, name = '', etag = ''] of xml.matchAll(
    /<Name>(.*?)<\/Name>.*?<Etag>(.*?)<\/Etag>/gs,
  )) {
    yield { key: keyOfName(decoded(name).slice(prefix.length)), etag: `"${decoded(etag)}"` };
  }
}

function decoded(xml: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return xml.replace(/&(\w+);/g, (all, name: string) => entities[name] ?? all);
}
