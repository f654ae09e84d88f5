/**
 * The documented numbers of each service, and one model of SharePoint under load that fits the field.
 *
 * Where a service documents how it counts, its limit counts so; where it only documents a number per
 * period, a sliding window is the strictest reading of it. Read next: limits.ts, latency.ts.
 * @module
 */
import type { ServiceName } from './call.ts';
import { type LatencyOptions, linearCongestion } from './latency.ts';
import type { LimitOptions } from './limits.ts';

export interface ServiceOptions {
  /** `'off'` lets every call in. Default: the documented limit. */
  readonly limit?: LimitOptions | 'off';
  /** `'off'` answers at once. Default: near what the field measures, without congestion. */
  readonly latency?: LatencyOptions | 'off';
  /** How many calls are worked on at once; the others queue, first come first served. Default: any. */
  readonly slots?: number;
}

/** How a service limits and delays its callers. */
export interface LoadModel extends ServiceOptions {
  readonly limit: LimitOptions;
  readonly latency: LatencyOptions;
}

/**
 * 600 calls a minute for each connection.
 * @see https://learn.microsoft.com/connectors/sharepointonline/#limits
 */
const sharepoint: LoadModel = {
  limit: { model: 'sliding-window', calls: 600, window: '1m' },
  latency: { read: '2.35s', write: '2.75s' },
};

/**
 * 6,000 calls in any 5 minutes for each user.
 * @see https://learn.microsoft.com/power-apps/developer/data-platform/api-limits
 */
const dataverse: LoadModel = {
  limit: { model: 'sliding-window', calls: 6000, window: '5m' },
  latency: { read: '300ms', write: '600ms' },
};

/**
 * 30 messages a minute for each mailbox.
 * @see https://learn.microsoft.com/office365/servicedescriptions/exchange-online-service-description/exchange-online-limits
 */
const mail: LoadModel = {
  limit: { model: 'sliding-window', calls: 30, window: '1m' },
  latency: { read: '1s', write: '1s' },
};

/**
 * 2 messages a second for each app.
 * @see https://learn.microsoft.com/graph/throttling-limits#microsoft-teams-service-limits
 */
const chat: LoadModel = {
  limit: { model: 'token-bucket', calls: 2, window: '1s' },
  latency: { read: '500ms', write: '500ms' },
};

/**
 * 3,000 writes in any 150 seconds for each app and tenant; reads, which have another limit, count here too.
 * @see https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
 */
const directory: LoadModel = {
  limit: { model: 'sliding-window', calls: 3000, window: '150s' },
  latency: { read: '300ms', write: '1.5s' },
};

/** Making and deleting sites: limited as SharePoint is, but each takes its time. */
const sites: LoadModel = {
  limit: sharepoint.limit,
  latency: { read: '1s', write: '10s' },
};

/** What each service does unless the office is told otherwise. */
export const documented: Readonly<Record<ServiceName, LoadModel>> = {
  sharepoint,
  dataverse,
  mail,
  chat,
  directory,
  sites,
};

/**
 * SharePoint under load. 100 times Get and Update take about 510 s one by one, 150 s five at once, 105 s
 * ten at once, and 50 at once is slower than 20 because half of the calls are rejected.
 *
 * @example
 * await startOffice({ sharepoint: sharepointUnderLoad, speed: 100 });
 */
export const sharepointUnderLoad: LoadModel = {
  limit: {
    model: 'token-bucket',
    calls: 2,
    window: '1s',
    burst: 40,
    rejectionCost: 0.25,
    rejectionTime: '300ms',
    retryAfter: { mean: '15s', spread: 0.3 },
  },
  latency: { read: '2.35s', write: '2.75s', sigma: 0.3, congestion: linearCongestion(0.11) },
};
