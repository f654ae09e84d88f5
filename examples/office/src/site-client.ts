/**
 * SharePoint's site manager from the client's side.
 * @module
 */
import { OfficeError } from './office-error.ts';
import { type Site, type StoredSite, siteStatus } from './sites.ts';
import type { CallOptions, Transport } from './transport.ts';

export interface SiteClient {
  /**
   * Creates a site. Repeated with the same idempotency key it is the same one.
   *
   * @throws {OfficeError} 409: there is one at this address, which SharePoint says with a 200 and
   *   `SiteStatus` 4; 410: what the key has made was deleted.
   */
  create(site: Site, options?: CallOptions): Promise<StoredSite>;
  /** The site at this address, or undefined. */
  find(url: string, options?: CallOptions): Promise<StoredSite | undefined>;
  /** @throws {OfficeError} 404 */
  remove(id: string, options?: CallOptions): Promise<void>;
}

export function siteClient(send: Transport, url: string): SiteClient {
  const manager = `${url}/sharepoint-admin/_api/SPSiteManager`;
  const errand = (verb: string, site: string) => ({
    service: 'sites' as const,
    verb,
    thing: `the site "${site}"`,
  });

  return {
    async create(site, options) {
      const about = errand('create', site.url);
      const { url: Url, title: Title, owner: Owner, description: Description } = site;
      const response = await send(`${manager}/create`, about, {
        ...options,
        method: 'POST',
        body: { request: { Title, Url, Owner, Description, WebTemplate: 'STS#3' } },
      });
      const created = toSite((await response.json()) as Reply);
      if (created !== undefined) return created;
      const reason = 'There is a site at this address already. Choose another one.';
      // Nobody's connection is at fault, so it is not named.
      throw new OfficeError(
        { ...about, connection: '' },
        { status: 409, code: 'SiteStatus 4', reason },
      );
    },
    async find(address, options) {
      const query = new URLSearchParams({ url: `'${address.replaceAll("'", "''")}'` });
      const response = await send(`${manager}/status?${query}`, errand('read', address), options);
      return toSite((await response.json()) as Reply);
    },
    async remove(siteId, options) {
      const request = { ...options, method: 'POST', body: { siteId } };
      await send(`${manager}/delete`, errand('delete', siteId), request);
    },
  };
}

interface Reply {
  readonly SiteId: string;
  readonly SiteStatus: number;
  readonly SiteUrl: string;
  readonly Title: string;
  readonly Owner: string;
  readonly Description: string;
}

function toSite(reply: Reply): StoredSite | undefined {
  if (reply.SiteStatus !== siteStatus.ready) return undefined;
  const { SiteId: id, SiteUrl: url, Title: title, Owner: owner, Description } = reply;
  return { id, url, title, owner, ...(Description && { description: Description }) };
}
