/** A client is led to the proxy by the same URL or connection string that led to the service. */
import { describe, expect, it } from 'vitest';
import { addressIn, withAddress } from '../../src/fault-proxy/service-address.ts';
import { faultProxy } from '../../src/index.ts';

const proxy = { host: '127.0.0.1', port: 5 };

describe('the address', () => {
  it.each([
    ['redis://localhost:6379', 'localhost', 6379, 'redis://127.0.0.1:5'],
    ['redis://[::1]:6379/0', '::1', 6379, 'redis://127.0.0.1:5/0'],
    [
      'postgres://me:s%40crt:1@db.example.org:5432/orders?x=1:2',
      'db.example.org',
      5432,
      'postgres://me:s%40crt:1@127.0.0.1:5/orders?x=1:2',
    ],
    [
      'Server=127.0.0.1,1433;Database=master;User Id=sa;Password=a,1',
      '127.0.0.1',
      1433,
      'Server=127.0.0.1,5;Database=master;User Id=sa;Password=a,1',
    ],
    ['Database=x;Data Source=tcp:db,1433;', 'db', 1433, 'Database=x;Data Source=tcp:127.0.0.1,5;'],
    [
      'AccountName=a;AccountKey=b==;BlobEndpoint=http://127.0.0.1:10000/a;',
      '127.0.0.1',
      10000,
      'AccountName=a;AccountKey=b==;BlobEndpoint=http://127.0.0.1:5/a;',
    ],
  ])('in %s', (text, host, port, changed) => {
    expect(addressIn(text)).toEqual({ host, port });
    expect(withAddress(text, proxy)).toBe(changed);
  });

  it.each([{ url: 'redis://localhost' }, { url: '' }, {}, { port: 0 }, { port: 70_000 }])(
    'is asked for when there is none: %j',
    async (options) => {
      await expect(faultProxy(options)).rejects.toMatchObject({ code: 'FAULT_PROXY_INVALID' });
    },
  );
});
