/**
 * A workflow with a container that works for an hour, and whose kind finishes as a test wants it.
 * @module
 */
import type { Duration, VirtualClock } from '@runafter/clock';
import { type Workflow, workflow } from '@runafter/core';
import { type Container, type ContainerKind, container } from '@runafter/core/container-kind';

/** What the kind does in its last phase. */
export type Finish = (container: Container<object, undefined>) => Promise<undefined>;

/** Tidy: Work for an hour, then Rest. */
export function working(
  clock: VirtualClock,
  finish: Finish,
  timeout?: Duration,
): Workflow<unknown, void> {
  const kind: ContainerKind<object> = { name: 'tidy', finish };
  return workflow('Tidy', (flow) => {
    container(
      flow,
      kind,
      'Tidy',
      [],
      (inner) => {
        const work = inner.action('Work', ({ signal }) => clock.sleep('1h', { signal }));
        inner.action('Rest', [work], () => 1);
      },
      timeout === undefined ? {} : { timeout },
    );
  });
}
