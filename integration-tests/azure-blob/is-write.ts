/** A request that writes a blob: what follows it may come in pieces of its own. */
export function isWrite(request: Buffer): boolean {
  return request.toString('latin1', 0, 4) === 'PUT ';
}
