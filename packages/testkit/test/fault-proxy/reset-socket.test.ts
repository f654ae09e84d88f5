/** Whatever a connection is doing, resetting it leaves nothing that would keep a process from ending. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, vi } from 'vitest';
import { resetSocket } from '../../src/fault-proxy/reset-socket.ts';
import { plainService } from './plain-service.ts';

const openSockets = () =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

it.each([
  { what: 'is idle', begin: () => {} },
  { what: 'has begun to end', begin: (socket: ReturnType<typeof connect>) => void socket.end() },
])('a socket that $what is gone when it was reset', async ({ begin }) => {
  const before = openSockets();
  const service = await plainService();
  const socket = connect({ port: service.port, allowHalfOpen: true });
  const errors: unknown[] = [];
  socket.on('error', (error) => errors.push(error));
  await once(socket, 'connect');
  begin(socket);
  resetSocket(socket);
  await vi.waitFor(() => expect(openSockets()).toBe(before), 5_000);
  expect(errors).toEqual([]);
});
