/**
 * A local stand-in for SharePoint, Dataverse, Outlook, Teams and Entra ID: one HTTP server on one SQLite
 * database.
 *
 * It keeps to what these services document and programs rely on: ETags, unique keys, limits, the shape
 * of errors; and it can be slow, throttle, fail and lose replies on demand. It is not a copy of them:
 * the README says what is left out. Read next: service-host.ts for the way of one call.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import type { Service, ServiceName } from './call.ts';
import { ChatService } from './chat.ts';
import type { Fields } from './collection.ts';
import { Dataverse } from './dataverse.ts';
import { officeDesk } from './desk.ts';
import { Directory } from './directory.ts';
import { type FaultControl, Faults } from './faults.ts';
import { Inspect } from './inspect.ts';
import type { LimitOptions } from './limits.ts';
import { MailService } from './mail.ts';
import { documented, type ServiceOptions } from './presets.ts';
import { startServer } from './server.ts';
import { ServiceHost, type ServiceStats } from './service-host.ts';
import { SharePoint } from './sharepoint.ts';
import { Sites } from './sites.ts';
import { fasterClock } from './speed.ts';
import { Store } from './store.ts';

export interface OfficeOptions extends Partial<Record<ServiceName, ServiceOptions>> {
  /** Default 0: any port that is free. */
  readonly port?: number;
  /** An SQLite file that outlives the office. Default: in memory. */
  readonly database?: string;
  /** How many seconds of latencies, windows and Retry-After pass in one second. Default 1. */
  readonly speed?: number;
  /** The same seed gives the same latencies and faults to the same order of calls. Default 1. */
  readonly seed?: number | string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /**
   * What Dataverse answers to a second record with the same key. 409 is what HTTP means by it; 412 is
   * what Dataverse itself sends. The code is 0x80040237 with both. Default 409.
   */
  readonly duplicateStatus?: 409 | 412;
}

export interface TableOptions {
  /** Columns that are alternate keys: each value exists once. Default: none. */
  readonly keys?: readonly string[];
  readonly rows?: readonly Fields[];
}

export interface Office extends AsyncDisposable {
  /** `http://127.0.0.1:49152`; each service has its own path below it. */
  readonly url: string;
  readonly faults: FaultControl;
  /** The truth in the database; ask before `close()`. */
  readonly inspect: Inspect;

  /**
   * Makes a SharePoint list. Its items get the Ids 1, 2, 3 …
   *
   * @param columns - names of letters, digits and `_`; `Id` is there anyway.
   * @throws {Error} when there is such a list already.
   * @example
   * office.createList('Reports', ['Title', 'Status'], [{ Title: 'North', Status: 'Pending' }]);
   */
  createList(name: string, columns: readonly string[], rows?: readonly Fields[]): void;

  /**
   * Makes a Dataverse table. Its id column is the singular name and `id`: crm_customers → crm_customerid.
   *
   * @throws {Error} when there is such a table already.
   * @example
   * office.createTable('crm_customers', ['crm_name'], { keys: ['crm_name'] });
   */
  createTable(name: string, columns: readonly string[], options?: TableOptions): void;

  /** Puts another limit in place while the office runs; every connection starts afresh under it. */
  setLimit(service: ServiceName, limit: LimitOptions | 'off'): void;

  /** What each service has done so far. */
  stats(): Readonly<Record<ServiceName, ServiceStats>>;

  /** Ends at once: calls in hand are dropped, sockets destroyed, timers cancelled. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts an office on a local port.
 *
 * @throws {RangeError} for a port, speed, limit or number of slots that cannot be.
 * @throws {Error} when the port is taken, or the database cannot be opened.
 * @throws {DurationError} `DURATION_INVALID`.
 * @example
 * await using office = await startOffice({ speed: 100 });
 * office.createList('Reports', ['Title', 'Status'], rows);
 * const reports = officeClient(office.url).list('Reports');
 */
export async function startOffice(options: OfficeOptions = {}): Promise<Office> {
  const { port = 0, database = ':memory:', speed = 1, seed = 1, duplicateStatus = 409 } = options;
  const clock = fasterClock(options.clock ?? systemClock, speed);
  const store = new Store(database);
  const faults = new Faults(seed);
  const mail = new MailService(store);
  const chat = new ChatService(store);
  const directory = new Directory(store);
  const sites = new Sites(store);
  const inspect = new Inspect(store, { mail, chat, directory, sites });

  const host = (name: ServiceName, service: Service): ServiceHost =>
    new ServiceHost({
      ...{ name, service, store, faults, clock, speed, seed },
      options: { ...documented[name], ...options[name] },
    });
  const hosts = {
    sharepoint: host('sharepoint', new SharePoint(store)),
    dataverse: host('dataverse', new Dataverse(store, duplicateStatus)),
    mail: host('mail', mail),
    chat: host('chat', chat),
    directory: host('directory', directory),
    sites: host('sites', sites),
  };
  const stats = (): Record<ServiceName, ServiceStats> => ({
    sharepoint: hosts.sharepoint.stats(),
    dataverse: hosts.dataverse.stats(),
    mail: hosts.mail.stats(),
    chat: hosts.chat.stats(),
    directory: hosts.directory.stats(),
    sites: hosts.sites.stats(),
  });

  const server = await startServer(port, hosts, officeDesk(faults, inspect, stats)).catch(
    (error) => {
      store.close();
      throw error;
    },
  );
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= server.close().then(() => store.close());
    return closed;
  };

  return {
    url: server.url,
    faults,
    inspect,
    createList(name, columns, rows = []) {
      store.create('list', name, { columns, rows });
    },
    createTable(name, columns, { keys = [], rows = [] } = {}) {
      store.create('table', name, { columns, keys, rows });
    },
    setLimit: (service, limit) => hosts[service].setLimit(limit),
    stats,
    close,
    [Symbol.asyncDispose]: close,
  };
}
