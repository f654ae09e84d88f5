/**
 * Where processes wait for each other, so that all of them work at the same time however long each took
 * to start.
 * @module
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A starting line that is open. */
export interface StartingLine extends AsyncDisposable {
  /** To be handed to {@link waitForStart}. */
  readonly url: string;
  /** Resolves when all have come. */
  readonly started: Promise<void>;
}

/** @param runners - how many there are to be. */
export async function openStartingLine(runners: number): Promise<StartingLine> {
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length < runners) return;
    for (const one of waiting) one.end();
    resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    started,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Resolves when all others have come as well. */
export async function waitForStart(url: string): Promise<void> {
  await (await fetch(url)).text();
}
