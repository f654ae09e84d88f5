/** How documents lie in a container, beside what others keep there. */
import { ContainerClient } from '@azure/storage-blob';
import { blobDocumentStore } from '@runafter/azure-blob';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { listedKeys } from './listed-keys.ts';

await onService('azurite', ({ url, container }) => {
  const client = () => new ContainerClient(url, container);
  const storeAt = (prefix: string) =>
    blobDocumentStore<unknown>({ connectionString: url, container }, { prefix });
  const keysOf = (prefix: string) => listedKeys(storeAt(prefix));

  it('a document is a JSON blob with the name of its key', async () => {
    await storeAt('').create('orders/2026/order-17', { status: 'Pending' });
    const reply = await client().getBlobClient('orders/2026/order-17.json').download();
    expect(reply.contentType).toBe('application/json; charset=utf-8');
    expect(reply.metadata?.runafter).toMatch(/^document:\{"first":/);
  });

  it('the blob of something else is a document that can be read and replaced', async () => {
    const text = '{"status":"Pending"}';
    await client().getBlockBlobClient('foreign/a.json').upload(text, text.length);
    const store = storeAt('foreign/');
    const found = await store.read('a');
    expect(found?.value).toEqual({ status: 'Pending' });
    await store.replace('a', { status: 'Complete' }, found ?? '');
    expect((await store.read('a'))?.value).toEqual({ status: 'Complete' });
  });

  it('blobs whose names belong to no key are not listed', async () => {
    const names = ['a.txt', 'b~41.json', 'c~.json', 'd/~', 'folder./e.json'];
    for (const name of names) {
      await client().getBlockBlobClient(`others/${name}`).upload('', 0);
    }
    await storeAt('others/').create('mine', 1);
    expect(await keysOf('others/')).toEqual(['mine']);
  });

  it('stores with prefixes share a container, each with its own documents', async () => {
    await Promise.all(
      ['shared/a', 'shared/b', 'shared/a/'].map((prefix, n) => storeAt(prefix).create('key', n)),
    );
    expect((await storeAt('shared/a').read('key'))?.value).toBe(0);
    expect(await keysOf('shared/b')).toEqual(['key']);
    expect(await keysOf('shared/a')).toEqual(['/key', 'key']);
  });

  it('a blob that something else has leased cannot be written, and says why', async () => {
    const store = storeAt('leased/');
    const etag = await store.create('order-1', 1);
    const lease = client().getBlobClient('leased/order-1.json').getBlobLeaseClient();
    await lease.acquireLease(-1);
    const refused = { code: 'SERVICE_REFUSED', message: expect.stringContaining('leased') };
    await expect(store.replace('order-1', 2, etag)).rejects.toMatchObject(refused);
    await expect(store.remove('order-1', etag)).rejects.toMatchObject(refused);
    await expect(store.create('order-1', 3)).rejects.toMatchObject({ code: 'DOCUMENT_EXISTS' });
    await lease.releaseLease();
  });

  it('every character of a key comes back, also in a listing', async () => {
    const tricky = [
      ...['.', '..', '/', '//', 'a/', '/a', 'a//b', 'a/./b', 'a/../b', 'a.', 'a./b', 'a\\b'],
      ...['%41', '100 %', '~7e', 'a?b#c', 'a&b=c+d', '"\'<>&|*:[_]', ' a ', 'A', 'a', '\t\r\n'],
      ...[
        '\u0000',
        '\u007f\u0085\u009f',
        '\u2028\ufeff\u00a0',
        '\ufffe\uffff',
        '😀',
        '\u00e9',
        'e\u0301',
      ],
      ...['x'.repeat(400), '/'.repeat(200), 'a/'.repeat(200), '😀'.repeat(200)],
    ];
    const store = storeAt('tricky/');
    for (const key of tricky) await store.create(key, key);
    expect(await keysOf('tricky/')).toEqual([...tricky].sort());
    for (const key of tricky) expect((await store.read(key))?.value).toBe(key);
  });
});
