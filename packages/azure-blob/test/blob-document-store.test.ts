import { AnonymousCredential, ContainerClient } from '@azure/storage-blob';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { blobDocumentStore } from '../src/index.ts';

const connectionString =
  'DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0;EndpointSuffix=example.com';

const optionInvalid = (option: string) => ({ code: 'SERVICE_OPTION_INVALID', option });

describe('what a store is made of', () => {
  it('has the name of its container, and its prefix', () => {
    const source = { connectionString, container: 'orders' };
    expect(blobDocumentStore(source).name).toBe('Blob container "orders"');
    expect(blobDocumentStore(source, { prefix: 'a/' }).name).toBe(
      'Blob container "orders", prefix "a/"',
    );
    const client = new ContainerClient('https://account.example.com/orders');
    expect(blobDocumentStore(client).name).toBe('Blob container "orders"');
  });

  it('is checked at once', () => {
    const source = { connectionString, container: 'orders' };
    const make = (given: unknown, options = {}) => {
      try {
        return blobDocumentStore(given as never, options);
      } catch (error) {
        return error;
      }
    };
    expect(make(undefined)).toMatchObject(optionInvalid('connectionString'));
    expect(make({ connectionString })).toMatchObject(optionInvalid('container'));
    expect(make(source, { pageSize: 0 })).toMatchObject(optionInvalid('pageSize'));
    expect(make(source, { pageSize: 5_001 })).toMatchObject(optionInvalid('pageSize'));
    expect(make(source, { timeout: 'soon' })).toMatchObject({ code: 'DURATION_INVALID' });
  });

  it('a connection string that cannot be read is refused without being shown', async () => {
    const source = { connectionString: 'AccountKey=c2VjcmV0;Oops', container: 'orders' };
    const error = await blobDocumentStore(source)
      .read('order-17')
      .catch((failure: Error) => failure);
    expect(error).toMatchObject(optionInvalid('connectionString'));
    expect(JSON.stringify(error) + String(error)).not.toContain('c2VjcmV0');
  });

  it('a client of another copy of the package is refused, because it could not be derived from', async () => {
    const client = {
      containerName: 'orders',
      getBlockBlobClient() {},
    } as unknown as ContainerClient;
    await expect(blobDocumentStore(client).read('order-17')).rejects.toMatchObject(
      optionInvalid('client'),
    );
  });
});

it('a key whose blob would have too long a name is refused before anything is sent', async () => {
  const store = blobDocumentStore({ connectionString, container: 'orders' });
  await expect(store.read('\u0001'.repeat(400))).rejects.toMatchObject({
    code: 'DOCUMENT_KEY_INVALID',
    message: expect.stringContaining('1205 characters'),
  });
});

it('a service that does not answer is given up after the time-out', async () => {
  const clock = virtualClock();
  let sent = () => {};
  const sending = new Promise<void>((resolve) => {
    sent = resolve;
  });
  /** A transport that never answers, until its request is aborted. */
  const httpClient = {
    sendRequest: (request: { abortSignal?: AbortSignal }) =>
      new Promise<never>((_, reject) => {
        const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' });
        request.abortSignal?.addEventListener('abort', () => reject(aborted));
        sent();
      }),
  };
  const client = new ContainerClient(
    'https://account.example.com/orders',
    new AnonymousCredential(),
    { httpClient: httpClient as never },
  );
  const store = blobDocumentStore<number>(client, { clock, timeout: '5s' });
  const written = store.create('order-17', 1).catch((failure: Error) => failure);
  await sending;
  await clock.advance('5s');
  const error = await written;
  expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(String((error as Error).cause)).toContain('No reply within 5000 ms');
});
