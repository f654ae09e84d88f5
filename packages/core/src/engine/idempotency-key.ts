/**
 * The idempotency key of an action: its run's id and its path, where an item that has an identity of
 * its own (`id`) stands with that in place of its index. The same on every attempt and in every resume.
 * @module
 */
import { hash } from 'node:crypto';
import type { ForEachNode } from '../definition/definition.ts';
import type { ActionState } from './action-state.ts';
import type { Frame } from './frame.ts';
import { ItemKeyError, isItemKey } from './kinds/item-key.ts';

/** The key of an action, or of something (`name`) inside a body. */
export function idempotencyKey(state: ActionState): string {
  return keyIn(state.frame, state.name);
}

function keyIn(frame: Frame, name: string): string {
  const { owner } = frame;
  const around =
    owner.state === undefined ? owner.run.keyRoot : keyIn(owner.state.frame, owner.state.name);
  return `${around}${frame.index < 0 ? '' : `[${iterationKey(frame)}]`}/${name}`;
}

function iterationKey(frame: Frame): string {
  const { owner } = frame;
  const key = owner.iterationKey(frame);
  const node = owner.state?.node;
  const isIndex = typeof key === 'number';
  return isIndex && node?.kind === 'forEach' && node.id !== undefined ? itemId(frame) : String(key);
}

/** Hexadecimal digits of a hash, 128 bits: no two items of a loop have the same. */
const hashLength = 32;

/**
 * Which item an iteration is about, by the `id` of its loop; hashed where the items are secure.
 *
 * @throws {ItemKeyError} `ITEM_KEY_INVALID`
 */
export function itemId({ index, item, owner }: Pick<Frame, 'index' | 'item' | 'owner'>): string {
  const node = owner.state?.node as ForEachNode;
  const id = node.id?.(item, index);
  if (!isItemKey(id)) throw new ItemKeyError('id', owner.path, index, id);
  // A key goes into stores and to other systems, so it must not quote what is secure.
  if (node.secureItems) return `id=${hash('sha256', String(id)).slice(0, hashLength)}`;
  // Encoded, so that a key is one line of ASCII wherever it has to go, such as an HTTP header.
  return `id=${encodeURIComponent(String(id))}`;
}
