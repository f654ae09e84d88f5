/**
 * Limits of services that many workflows call, with where each is written.
 *
 * They are facts about others and change without notice: look at the source, and override what differs. A limit
 * that holds per connection or per user is shared by every run and every program that uses the same one.
 * @module
 */
import type { Rate } from './rate.ts';

/** What a limit holds for: all that shares it is counted together. */
export type LimitScope =
  | 'connection'
  | 'user'
  | 'mailbox'
  | 'app-and-mailbox'
  | 'app-and-tenant'
  | 'app-and-team'
  | 'database'
  | 'flow';

/** Where a limit comes from, and what else is to be known. */
export interface LimitFacts {
  readonly scope: LimitScope;
  /** Where it is documented, or where the real limit can be found when it is not. */
  readonly source: string;
  /** False: no figure of the vendor's, but one that people have found to work. */
  readonly isDocumented: boolean;
  readonly notes: string;
}

/** A service that takes so many calls at once. */
export interface ConcurrencyLimit extends LimitFacts {
  /** How many calls at once. */
  readonly concurrency: number;
}

/** A service that takes so many calls in a time: pass it as `rate`. */
export interface ConnectorRate extends Rate, LimitFacts {
  /** How many calls at once, where that is limited too: pass it as `concurrency`. */
  readonly concurrency?: number | undefined;
}

/** The limits of {@link connectorLimits}. */
export interface ConnectorLimits {
  readonly sharePoint: ConnectorRate;
  readonly outlookSend: ConnectorRate;
  readonly outlookApi: ConnectorRate & ConcurrencyLimit;
  readonly dataverse: ConnectorRate & ConcurrencyLimit;
  readonly entraReads: ConnectorRate;
  readonly entraWrites: ConnectorRate;
  readonly teams: ConnectorRate;
  readonly sql: ConcurrencyLimit;
  readonly platformRequests: ConnectorRate;
}

const graph = 'https://learn.microsoft.com/graph/throttling-limits';

/**
 * Limits to start from, for a limiter's `rate` and `concurrency` and for `safeConcurrency`. Plain data, frozen.
 * Override what is different with you by a spread.
 *
 * @example
 * limiter({ rate: connectorLimits.dataverse, concurrency: connectorLimits.dataverse.concurrency });
 * limiter({ rate: { ...connectorLimits.sharePoint, calls: 1_200 } });
 */
export const connectorLimits: ConnectorLimits = Object.freeze({
  sharePoint: Object.freeze({
    calls: 600,
    per: '1m',
    scope: 'connection',
    source: 'https://learn.microsoft.com/connectors/sharepointonline/#throttling-limits',
    isDocumented: true,
    notes:
      'Of the connector. SharePoint itself counts resource units per app and tenant, and users, on top of it.',
  }),
  outlookSend: Object.freeze({
    calls: 30,
    per: '1m',
    scope: 'mailbox',
    source:
      'https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits#sending-limits-1',
    isDocumented: true,
    notes:
      'Messages that a mailbox sends, whichever way. There are limits of recipients per day too.',
  }),
  outlookApi: Object.freeze({
    calls: 10_000,
    per: '10m',
    concurrency: 4,
    scope: 'app-and-mailbox',
    source: `${graph}#outlook-service-limits`,
    isDocumented: true,
    notes:
      'Mail, calendar and contacts by Microsoft Graph. Sending is limited further: outlookSend.',
  }),
  dataverse: Object.freeze({
    calls: 6_000,
    per: '5m',
    model: 'sliding-window',
    concurrency: 52,
    scope: 'user',
    source: 'https://learn.microsoft.com/power-apps/developer/data-platform/api-limits',
    isDocumented: true,
    notes:
      'Per web server, of which an environment may have several. 20 minutes of execution time in the same window are a third limit, which counting calls does not keep to.',
  }),
  entraReads: Object.freeze({
    calls: 3_500,
    per: '10s',
    scope: 'app-and-tenant',
    source: `${graph}#identity-and-access-service-limits`,
    isDocumented: true,
    notes:
      'Resource units: a call costs 1 to 5, so pass its cost as weight. For tenants of under 50 users; 5,000 up to 500 users, 8,000 above.',
  }),
  entraWrites: Object.freeze({
    calls: 3_000,
    per: '150s',
    scope: 'app-and-tenant',
    source: `${graph}#identity-and-access-service-limits`,
    isDocumented: true,
    notes: 'A write counts as a read, too. All apps of a tenant together have 18,000 in 5 minutes.',
  }),
  teams: Object.freeze({
    calls: 4,
    per: '1s',
    scope: 'app-and-team',
    source: `${graph}#microsoft-teams-service-limits`,
    isDocumented: true,
    notes:
      'On one team or channel, by Microsoft Graph. Over all teams most requests have 30 a second per app and tenant; some kinds have less, some more.',
  }),
  sql: Object.freeze({
    concurrency: 20,
    scope: 'database',
    source:
      'https://learn.microsoft.com/azure/azure-sql/database/resource-limits-logical-server#sessions-workers-and-requests',
    isDocumented: false,
    notes:
      'A rule of thumb, of 20 to 30. The real limit is the number of workers of the service tier, or of the server.',
  }),
  platformRequests: Object.freeze({
    calls: 100_000,
    per: '5m',
    scope: 'flow',
    source: 'https://learn.microsoft.com/power-platform/admin/api-request-limits-allocations',
    isDocumented: true,
    notes:
      'Actions that the platform takes, whatever the license; licenses limit the requests of a day. Actions are slowed down above it, and a flow that is above it for 14 days is turned off.',
  }),
} satisfies ConnectorLimits);
