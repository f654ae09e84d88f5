/**
 * Reads of a counter that are under way, and what they can still see: between the least and the most
 * that the operations which took effect since they began make possible.
 * @module
 */

/** What a read that is under way can still see. */
export interface OpenRead {
  readonly read: number;
  readonly least: bigint;
  readonly most: bigint;
  /** A reset came between: there is no telling what it sees. */
  readonly any: boolean;
}

/** A read begins: so far it can only see the value. */
export function begin(openReads: readonly OpenRead[], read: number, value: bigint): OpenRead[] {
  const open = { read, least: value, most: value, any: false };
  return [...openReads, open].sort((a, b) => a.read - b.read);
}

/** An amount was added, which each of them may see or not. */
export function widen(openReads: readonly OpenRead[], amount: bigint): readonly OpenRead[] {
  if (openReads.length === 0) return openReads;
  return openReads.map((open) =>
    amount < 0n ? { ...open, least: open.least + amount } : { ...open, most: open.most + amount },
  );
}

/** The counter was reset: there is no telling any more. */
export function unsettle(openReads: readonly OpenRead[]): OpenRead[] {
  return openReads.map((open) => ({ ...open, any: true }));
}

/** Whether the read can end with this result. */
export function canSee({ least, most, any }: OpenRead, result: unknown): boolean {
  return any || (typeof result === 'bigint' && least <= result && result <= most);
}

/** The same text for two reads that can see the same. */
export function openReadKey({ read, least, most, any }: OpenRead): string {
  return any ? ` ${read}?` : ` ${read}:${least}..${most}`;
}
