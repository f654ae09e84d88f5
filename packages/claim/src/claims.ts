/**
 * What a claim is given: an assignment, which lasts until it is released, or a lease.
 * @module
 */
import { type Claim, type GivingBack, type Grant, Holding } from '@runafter/lock/leasing';
import type { Assignment, Resource, ResourceLease } from './pool-port.ts';
import { fromStored } from './pool-resources.ts';
import type { Claimed } from './pool-store.ts';

/** A lease of a resource, kept alive. */
export class LeasedResource<T extends Resource> extends Holding implements ResourceLease<T> {
  readonly resource: T;
  readonly token: bigint;

  constructor(tools: GivingBack, claim: Claim<Claimed>) {
    const { id, token } = claim.granted;
    super(tools, { ...claim, givenName: `${claim.givenName}/${id}` });
    this.resource = fromStored(claim.granted);
    this.token = token;
  }
}

/** Never aborts. */
const never = new AbortController().signal;

/** What an operation was given. Nobody has to keep it alive, so the call that got it has nothing left to do. */
export class AssignedResource implements Grant {
  readonly name: string;
  readonly owner: string;
  readonly signal: AbortSignal = never;
  readonly lost = false;
  readonly #claimed: Claimed;

  constructor({ name, owner, granted }: Claim<Claimed>) {
    this.name = name;
    this.owner = owner;
    this.#claimed = granted;
  }

  /** A call that was abandoned leaves to its operation what that was given: it will ask again, or be released. */
  async release(): Promise<void> {}

  whenGivenBack(callback: () => void): void {
    callback();
  }

  /** As its user sees it. */
  toAssignment<T extends Resource>(once: string): Assignment<T> {
    return { resource: fromStored(this.#claimed), once, token: this.#claimed.token };
  }
}
