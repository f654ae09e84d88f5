/**
 * Hands out services to test files, which run in processes of their own: a service is started when the
 * first file asks for it, and stopped when the tests are over.
 *
 * Read next: on-service.ts, which asks, and find-service.ts, which answers.
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type Finding, findService } from './find-service.ts';
import { type ServiceName, services } from './services.ts';

/** What the desk says about a service. */
export type DeskAnswer =
  | { readonly url: string }
  /** Why there is none, and whether that is a failure. */
  | { readonly url?: undefined; readonly reason: string; readonly isRequired: boolean };

/** A desk that is open. */
export interface ServiceDesk {
  /** A service's name behind it asks for that service. */
  readonly url: string;
  /** Stops every service that was started, also those that are only starting. */
  close(): Promise<void>;
}

/**
 * Opens the desk, on this machine alone.
 *
 * @param say - gets the reason of each choice, once.
 */
export async function openServiceDesk(say: (line: string) => void): Promise<ServiceDesk> {
  const findings = new Map<ServiceName, Promise<Finding>>();
  const find = (name: ServiceName) => {
    let finding = findings.get(name);
    if (finding === undefined) {
      finding = findService(services[name]);
      findings.set(name, finding);
      void finding.then(({ reason }) => say(reason));
    }
    return finding;
  };

  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? '';
    if (!isServiceName(name)) {
      response.writeHead(404).end();
      return;
    }
    response.end(JSON.stringify(answerOf(await find(name))));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('there is no TCP here');

  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
      const found = await Promise.all(findings.values());
      await Promise.all(found.map(({ service }) => service?.stop()));
    },
  };
}

function answerOf({ service, reason }: Finding): DeskAnswer {
  if (service !== undefined) return { url: service.url };
  const { CI, TEST_SERVICES } = process.env;
  return { reason, isRequired: Boolean(CI) || Boolean(TEST_SERVICES) };
}

function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name);
}
