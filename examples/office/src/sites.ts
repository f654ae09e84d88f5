/**
 * SharePoint-like sites, as its site manager makes and deletes them: one for each address.
 *
 * Invariant: an address that is taken is never an error of HTTP. As in SharePoint, the reply is 200 and
 * its `SiteStatus` says 4. Read next: insert-once.ts.
 * @see https://learn.microsoft.com/sharepoint/dev/apis/site-creation-rest
 * @module
 */
import { type Call, jsonBody, Refusal, type Reply, type Service } from './call.ts';
import { type Collection, DuplicateKey, type Fields, type Row } from './collection.ts';
import { insertOnce } from './insert-once.ts';
import { unquote } from './odata.ts';
import type { Store } from './store.ts';

/** A site. */
export interface Site {
  /** Its address: `https://example.sharepoint.com/sites/ada`. Each exists once. */
  readonly url: string;
  readonly title: string;
  /** The user principal name of whoever owns it. */
  readonly owner: string;
  /** Free text: here, which operation has made it. */
  readonly description?: string;
}

/** A site as it is stored. */
export interface StoredSite extends Site {
  readonly id: string;
}

/** What `SiteStatus` says. */
export const siteStatus = { notFound: 0, ready: 2, taken: 4 } as const;

const managerPath = /^\/_api\/SPSiteManager\/(create|status|delete)$/i;
const columns = ['url', 'title', 'owner', 'description'] as const;

export class Sites implements Service {
  readonly codes = {
    badRequest: '-1, Microsoft.SharePoint.Client.InvalidClientQueryException',
    throttled: '-1, Microsoft.SharePoint.SPException',
    unavailable: '-1, Microsoft.SharePoint.SPException',
  };
  readonly #store: Store;
  readonly #sites: Collection;

  constructor(store: Store) {
    this.#store = store;
    this.#sites =
      store.find('registry', 'sites') ??
      store.create('registry', 'sites', { columns, keys: ['url'] });
  }

  handle(call: Call): Reply {
    switch (managerPath.exec(call.path)?.[1]?.toLowerCase()) {
      case 'create':
        requireMethod(call, 'POST');
        return this.#create(call);
      case 'status':
        requireMethod(call, 'GET');
        return this.#status(call);
      case 'delete':
        requireMethod(call, 'POST');
        return this.#delete(call);
      default:
        throw missing(`Cannot find resource for the request ${call.path}.`);
    }
  }

  errorBody(code: string, message: string): unknown {
    return { 'odata.error': { code, message: { lang: 'en-US', value: message } } };
  }

  /** Those that are there, in order of creation. */
  sites(): StoredSite[] {
    return this.#sites.page().map(({ id, fields }) => ({ id, ...(fields as unknown as Site) }));
  }

  #create(call: Call): Reply {
    try {
      return show(insertOnce(this.#store, this.#sites, call, read(call)));
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      return show(undefined, siteStatus.taken);
    }
  }

  #status(call: Call): Reply {
    const url = call.query.get('url') ?? '';
    if (!/^'.+'$/.test(url)) throw Refusal.badRequest("Missing address: ask with ?url='…'.");
    const row = this.#sites.byKey('url', unquote(url));
    return row ? show(row) : show(undefined, siteStatus.notFound);
  }

  #delete(call: Call): Reply {
    const { siteId } = jsonBody(call);
    const row = this.#sites.byId(String(siteId));
    if (!row) throw missing(`Cannot get site ${siteId}.`);
    this.#sites.remove(row);
    this.#store.journal.record(call, 'delete', row.id);
    return { status: 200 };
  }
}

function read(call: Call): Fields {
  const { Url, Title, Owner, Description } = (jsonBody(call).request ?? {}) as Fields;
  if (typeof Url !== 'string' || !URL.canParse(Url)) {
    throw Refusal.badRequest("Invalid value specified for property 'Url'.");
  }
  if (typeof Title !== 'string' || Title === '') {
    throw Refusal.badRequest("Invalid value specified for property 'Title'.");
  }
  const fields = { url: Url, title: Title, owner: Owner ?? '' };
  return Description === undefined ? fields : { ...fields, description: Description };
}

function show(row: Row | undefined, status: number = siteStatus.ready): Reply {
  const { url, title, owner, description } = (row?.fields ?? {}) as Partial<Site>;
  const told = row && { Title: title, Owner: owner, Description: description ?? '' };
  return {
    status: 200,
    body: { SiteId: row?.id ?? '', SiteStatus: status, SiteUrl: url ?? '', ...told },
  };
}

function requireMethod(call: Call, method: string): void {
  if (call.method !== method) throw Refusal.methodNotAllowed(call, method);
}

function missing(message: string): Refusal {
  return new Refusal(404, '-1, Microsoft.SharePoint.Client.ResourceNotFoundException', message);
}
