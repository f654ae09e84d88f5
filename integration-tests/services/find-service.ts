/**
 * Where a service comes from: an environment variable, else a container, else a local process.
 *
 * Invariant: every choice has a reason in words, so that nobody has to guess which server a test
 * talked to, or why there was none. TEST_CONTAINERS leaves containers as the only choice.
 * @module
 */
import { needImage } from './docker-engine.ts';
import type { RunningService, ServiceSource } from './service-kind.ts';

/** A service, or none; `reason` is a line for people. */
export type Finding =
  | { readonly service: RunningService; readonly reason: string }
  | { readonly service: undefined; readonly reason: string };

/** What the choice depends on; the real ones unless given. */
export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Rejects with a reason when an image cannot be started. */
  readonly needImage?: (image: string) => Promise<void>;
}

/** Finds a service or starts one; never rejects. */
export async function findService(
  kind: ServiceSource,
  surroundings: Surroundings = {},
): Promise<Finding> {
  const { env = process.env, needImage: need = needImage } = surroundings;
  const onlyContainers = isSet(env.TEST_CONTAINERS);
  const reasons: string[] = [];
  const because = () => `since ${sentence(reasons)}`;

  if (onlyContainers) {
    reasons.push('TEST_CONTAINERS is set');
  } else {
    const url = env[kind.urlVariable];
    if (isSet(url)) {
      const reason = `${kind.title}: the one that ${kind.urlVariable} names, since it is set`;
      return { service: { url, stop: async () => {} }, reason };
    }
    reasons.push(`${kind.urlVariable} is not set`);
  }

  const image = env[kind.imageVariable] || kind.image;
  try {
    await need(image);
    const service = await kind.startContainer(image);
    if (!onlyContainers) reasons.push('a Docker engine answers');
    return { service, reason: `${kind.title}: container of ${image}, ${because()}` };
  } catch (error) {
    reasons.push(messageOf(error));
  }

  if (!onlyContainers) {
    try {
      const service = await kind.startLocally();
      return { service, reason: `${kind.title}: local process, ${because()}` };
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  return { service: undefined, reason: `${kind.title}: none, ${because()}` };
}

/** An empty variable is none, as in a shell's `${NAME:-}`. */
function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function sentence(parts: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
