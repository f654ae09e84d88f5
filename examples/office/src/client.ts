/**
 * A small typed client, so that an example reads as what it does and not as HTTP.
 *
 * It never retries and never caches: those are the example's to show. Errors are OfficeErrors, whose
 * `retryAfter` a retry policy obeys. Read next: list-client.ts, table-client.ts, account-client.ts,
 * site-client.ts, office-error.ts.
 * @module
 */
import { type AccountClient, accountClient } from './account-client.ts';
import type { ChatMessage } from './chat.ts';
import { type ListClient, listClient } from './list-client.ts';
import type { Mail } from './mail.ts';
import { type SiteClient, siteClient } from './site-client.ts';
import { type TableClient, tableClient } from './table-client.ts';
import { type CallOptions, createTransport } from './transport.ts';

export interface OfficeClientOptions {
  /** Whom the limits count. Default `anonymous`. */
  readonly connection?: string;
  /** Aborting it drops every call of this client. */
  readonly signal?: AbortSignal;
}

export interface OfficeClient {
  /** A SharePoint list; `T` is its columns. Nothing is sent before a method is called. */
  list<T extends object>(title: string): ListClient<T>;
  /** A Dataverse table; `T` is its columns. Nothing is sent before a method is called. */
  table<T extends object>(name: string): TableClient<T>;
  readonly mail: { send(mail: Mail, options?: CallOptions): Promise<void> };
  /** The directory's accounts. */
  readonly accounts: AccountClient;
  /** SharePoint's sites, as its administrator makes and deletes them. */
  readonly sites: SiteClient;
  readonly chat: { post(message: ChatMessage, options?: CallOptions): Promise<void> };
}

/**
 * @param url - that of the office.
 * @example
 * const office = officeClient(url, { connection: 'weekly-reports', signal });
 * const reports = office.list<Report>('Reports');
 * const report = await reports.get(7);
 * await reports.update(report.id, report.etag, { Status: 'Processing' });
 */
export function officeClient(url: string, options: OfficeClientOptions = {}): OfficeClient {
  const send = createTransport(options.connection ?? 'anonymous', options.signal);
  return {
    list: (title) => listClient(send, url, title),
    table: (name) => tableClient(send, url, name),
    accounts: accountClient(send, url),
    sites: siteClient(send, url),
    mail: {
      async send({ to, subject, body }, callOptions) {
        const errand = { service: 'mail', verb: 'send', thing: `the mail "${subject}"` } as const;
        await send(`${url}/graph/v1.0/me/sendMail`, errand, {
          ...callOptions,
          method: 'POST',
          body: {
            message: {
              subject,
              body: { contentType: 'Text', content: body },
              toRecipients: to.map((address) => ({ emailAddress: { address } })),
            },
          },
        });
      },
    },
    chat: {
      async post({ team, channel, text }, callOptions) {
        const errand = {
          service: 'chat',
          verb: 'post',
          thing: `to the channel "${channel}"`,
        } as const;
        const path = [team, 'channels', channel, 'messages'].map(encodeURIComponent).join('/');
        await send(`${url}/teams/${path}`, errand, {
          ...callOptions,
          method: 'POST',
          body: { body: { content: text } },
        });
      },
    },
  };
}
