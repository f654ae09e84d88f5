/**
 * The state of a container kind: one for each container of each run, changed at once.
 * @module
 */
import { start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';

describe('saveState', () => {
  it('changes the state at once, so that children that start together do not lose one another', async () => {
    const kind: ContainerKind<object, readonly string[]> = {
      name: 'noting',
      initialState: () => [],
      childStarting: (container, { name }) => container.saveState([...container.state, name]),
      finish: ({ state }) => ({ status: 'Succeeded', outputs: state }),
    };
    const names = Array.from({ length: 100 }, (_, index) => `Child_${index}`);
    const flow = workflow('Together', (flow) =>
      container(
        flow,
        kind,
        'Kind',
        [],
        (inner) => {
          for (const name of names) inner.action(name, async () => name);
        },
        {},
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: names });
  });

  it('keeps the state of every container and of every run apart', async () => {
    const kind: ContainerKind<object, readonly string[]> = {
      name: 'noting',
      initialState: () => [],
      childEnded: (container, { outputs }) =>
        container.saveState([...container.state, `${outputs}`]),
      finish: ({ state }) => ({ status: 'Succeeded', outputs: state }),
    };
    const flow = workflow('Apart', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => ['a', 'b'],
        (each) =>
          container(
            each,
            kind,
            'Kind',
            [],
            (inner) => inner.action('Work', async ({ item, runId }) => `${runId}${item}`),
            {},
          ),
        { concurrency: 2 },
      ),
    );
    const runs = ['1', '2'].map((runId) => start(flow, undefined, { runId }).finished);

    expect(await Promise.all(runs)).toMatchObject([
      { outputs: [['1a'], ['1b']] },
      { outputs: [['2a'], ['2b']] },
    ]);
  });
});
