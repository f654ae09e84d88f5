/**
 * How a test file says which service it needs.
 *
 * Invariant: tests of a service that is not to be had never pass. On a laptop they are skipped and say
 * why; where CI or TEST_SERVICES is set, the file fails.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, inject, it } from 'vitest';
import type {} from './global-setup.ts';
import type { DeskAnswer } from './service-desk.ts';
import type { ServiceKind } from './service-kind.ts';
import { type PlaceIn, type ServiceName, services } from './services.ts';

/**
 * Declares tests that need a service. To be awaited at the top level of a test file.
 *
 * The file gets a place of its own in the service: a prefix, a container, a database. It is made
 * before the tests and removed after them, so connect in a test or a hook, and close in one. Programs
 * that the tests start find the place's URL in the environment, for instance as TEST_REDIS_URL.
 *
 * @param declare - called at once with the place; declares tests, or asks for another service.
 * @throws {Error} when there is no such service although it is required.
 * @example
 * await onService('redis', ({ url, prefix }) => {
 *   it('counts', async () => {
 *     const client = new Redis(url);
 *     expect(await client.incr(`${prefix}n`)).toBe(1);
 *     client.disconnect();
 *   });
 * });
 */
export async function onService<Name extends ServiceName>(
  name: Name,
  declare: (place: PlaceIn<Name>) => void | Promise<void>,
): Promise<void> {
  const answer = await ask(name);
  if (answer.url === undefined) {
    if (answer.isRequired) throw new Error(`${answer.reason}. It is required here.`);
    it(`on ${services[name].title}`, ({ skip }) => skip(answer.reason));
    return;
  }
  const kind = services[name] as unknown as ServiceKind<PlaceIn<Name>>;
  const own = kind.ownPlace(answer.url, `runafter-test-${randomUUID().slice(0, 13)}`);
  process.env[kind.urlVariable] = own.place.url;
  beforeAll(own.make);
  afterAll(own.remove);
  await declare(own.place);
}

async function ask(name: ServiceName): Promise<DeskAnswer> {
  const response = await fetch(new URL(name, inject('serviceDesk')));
  return (await response.json()) as DeskAnswer;
}
