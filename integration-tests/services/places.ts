/**
 * Real services for a program that is no test: the same ones, found in the same way, as the tests have.
 *
 * Invariant: whatever was made or started here is gone when it is disposed: places first, then services.
 * Read next: find-service.ts, which says where a service comes from.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finding, findService } from './find-service.ts';
import type { ServiceKind } from './service-kind.ts';
import { type PlaceIn, type ServiceName, services } from './services.ts';

export type { ServiceName };

/** What can be asked for: a service, or a folder for what needs none. */
export type PlaceName = ServiceName | 'folder';

/** A folder of one's own. */
export interface FolderPlace {
  readonly folder: string;
}

/** How to get to a place. */
export type PlaceOf<Name extends PlaceName> = Name extends ServiceName
  ? PlaceIn<Name>
  : FolderPlace;

/** A place that is there until it is disposed. */
export interface OpenPlace<Place> extends AsyncDisposable {
  readonly place: Place;
}

/** There is no such service; the message is the reason. */
export class NoServiceError extends Error {
  /** Whether whatever needs it fails, and is not left out. */
  readonly isRequired = Boolean(process.env.CI) || Boolean(process.env.TEST_SERVICES);
}

/** The services that were needed so far. */
export class Places implements AsyncDisposable {
  readonly #say: (line: string) => void;
  readonly #found = new Map<ServiceName, Promise<Finding>>();

  /** @param say - gets the reason of each choice, once. */
  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** @throws {NoServiceError} when the service is not to be had. */
  async open<Name extends PlaceName>(name: Name): Promise<OpenPlace<PlaceOf<Name>>>;
  async open(name: PlaceName): Promise<OpenPlace<object>> {
    if (name === 'folder') return openFolder();
    const { service, reason } = await this.#find(name);
    if (service === undefined) throw new NoServiceError(reason);
    const kind = services[name] as unknown as ServiceKind<{ readonly url: string }>;
    const own = kind.ownPlace(service.url, `runafter-place-${randomUUID().slice(0, 13)}`);
    await own.make();
    return { place: own.place, [Symbol.asyncDispose]: () => own.remove() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const found = await Promise.all(this.#found.values());
    await Promise.all(found.map(({ service }) => service?.stop()));
  }

  #find(name: ServiceName): Promise<Finding> {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const finding = findService(services[name]);
    this.#found.set(name, finding);
    void finding.then(({ reason }) => this.#say(reason));
    return finding;
  }
}

function openFolder(): OpenPlace<FolderPlace> {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-place-'));
  return {
    place: { folder },
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
