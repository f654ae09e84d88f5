/**
 * Resetting one side of a connection.
 * @module
 */
import type { Socket } from 'node:net';

/**
 * Resets a connection, so that its peer gets an error and not an end.
 *
 * One that has begun to end is closed instead: while its end is on the way, libuv refuses the reset, and Node
 * then keeps a handle that nobody can close, for which the process waits at its exit for ever.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
