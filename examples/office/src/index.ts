/**
 * The example office: a local stand-in for services that a program on a laptop cannot reach.
 * @module
 */
export type { AccountClient } from './account-client.ts';
export { type ServiceName, serviceNames } from './call.ts';
export type { ChatMessage } from './chat.ts';
export { type OfficeClient, type OfficeClientOptions, officeClient } from './client.ts';
export type { Account, StoredAccount } from './directory.ts';
export type { ReadOptions } from './entities.ts';
export type { ArmedFault, Fault, FaultControl, FaultKind, FaultTarget } from './faults.ts';
export type { Inspect, Stored } from './inspect.ts';
export type { Write } from './journal.ts';
export {
  type Congestion,
  kneeCongestion,
  type LatencyOptions,
  linearCongestion,
} from './latency.ts';
export type { LimitOptions } from './limits.ts';
export type { ListClient } from './list-client.ts';
export type { Mail } from './mail.ts';
export { type Office, type OfficeOptions, startOffice, type TableOptions } from './office.ts';
export { OfficeError } from './office-error.ts';
export { documented, type LoadModel, type ServiceOptions, sharepointUnderLoad } from './presets.ts';
export type { ServiceStats } from './service-host.ts';
export type { SiteClient } from './site-client.ts';
export type { Site, StoredSite } from './sites.ts';
export { fasterClock } from './speed.ts';
export type { TableClient } from './table-client.ts';
export type { CallOptions } from './transport.ts';
