/** Runs, from the file to what is said in the end. */
import { describe, expect, it } from 'vitest';
import { runCli } from '../src/run-cli.ts';
import { type FakeSession, fakeSession } from './fake-session.ts';

const file = 'files/orders.ts';
const input = '{"sku":"A-17","lines":[1,2,3]}';

async function run(argv: readonly string[], session: FakeSession = fakeSession()) {
  const code = await runCli(['run', ...argv], session);
  return { code, ...session.written };
}

it('a run that Succeeded: its output and what was handled, exit code 0', async () => {
  const { code, stdout, stderr } = await run([`${file}#fulfilOrder`, '--input', input]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Succeeded {2}Fulfil_Order in \d+ms, run [\w-]{36}\n/);
  expect(stdout).toContain('"chat": "Failed"');
  expect(stdout).toContain('Post_Teams_Notification Failed: UNKNOWN_ERROR: Teams is down');
  expect(stderr).toContain('Validate_Inventory Succeeded after');
  expect(stderr).toContain('Lines 3/3 (100%)');
});

it('a run that Failed: why, exit code 1', async () => {
  const { code, stdout } = await run([file, '--workflow', 'Refuse_Order', '--input', input]);
  expect(code).toBe(1);
  expect(stdout).toContain('because of its leaf "Validate_Inventory" (Failed)');
});

it('as JSON it is one document, and nothing else is on stdout', async () => {
  const { stdout } = await run([
    `${file}#fulfilOrder`,
    '--input',
    input,
    '--json',
    '--run-id',
    'a',
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    runId: 'a',
    workflow: 'Fulfil_Order',
    status: 'Succeeded',
    outputs: { packed: [2, 4, 6], chat: 'Failed' },
    handledFailures: [{ path: 'Post_Teams_Notification' }],
    why: { text: expect.stringContaining('Succeeded'), chain: [] },
  });
});

it.each([{ options: [] }, { options: ['--json'] }, { options: ['--progress', 'none'] }])(
  'no message moves the cursor of a terminal: $options',
  async ({ options }) => {
    const { code, stdout, stderr } = await run(['files/escapes.ts', ...options]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/esc\\{1,2}u001b\[2J del\\u007f csi\\u009b3J/);
    expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  },
);

it('a secure output is a marker', async () => {
  const { code, stdout } = await run(['files/secrets.ts#login']);
  expect(code).toBe(0);
  expect(stdout).toContain('[secure]');
  expect(stdout).not.toContain('hunter2');
});

it('a time-out ends it TimedOut, exit code 1', async () => {
  const { code, stdout } = await run(['files/secrets.ts#waitLong', '--timeout', '10s']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^TimedOut/);
});

it('Ctrl-C cancels a run that nothing keeps', async () => {
  const session = fakeSession({ interruptAfter: 5_000 });
  const { code, stdout, stderr } = await run(['files/secrets.ts#waitLong'], session);
  expect(code).toBe(1);
  expect(stderr).toContain('Cancelling');
  expect(stdout).toMatch(/^Cancelled/);
});

it('somebody who looks at it sees a bar', async () => {
  const session = fakeSession({ isTerminal: true });
  const { stderr } = await run([`${file}#fulfilOrder`, '--input', input], session);
  expect(stderr).toMatch(/^Fulfil_Order .* 0%/);
  expect(stderr).not.toContain('Validate_Inventory Succeeded');
});

it('--report is refused before the run where its folder does not exist', async () => {
  const argv = [`${file}#fulfilOrder`, '--input', input, '--report', 'nowhere/run.html'];
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('The report cannot be written: ENOENT');
});

it('--progress none says nothing on the way', async () => {
  const argv = [`${file}#fulfilOrder`, '--input', input, '--progress', 'none'];
  expect((await run(argv)).stderr).toBe('');
});

it('--progress json is a line for each event, without what errors carry along', async () => {
  const argv = [`${file}#refuseOrder`, '--input', input, '--progress', 'json'];
  const { stderr } = await run(argv);
  const events = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([events[0].type, events.at(-1).type]).toEqual(['run.started', 'run.ended']);
  const ended = events.find(({ type }) => type === 'action.ended');
  expect(ended).toMatchObject({
    path: 'Validate_Inventory',
    status: 'Failed',
    time: expect.stringMatching(/^\d{4}-/),
  });
  expect(ended.error).toEqual({ code: 'UNKNOWN_ERROR', message: 'A-17 is out of stock' });
});

describe('the input', () => {
  it('may come from stdin, in pieces that cut a character', async () => {
    const bytes = new TextEncoder().encode('{"sku":"Ä-17","lines":[]}');
    const session = fakeSession({ stdin: [bytes.slice(0, 9), bytes.slice(9)] });
    const { stdout } = await run([`${file}#refuseOrder`, '--input', '-'], session);
    expect(stdout).toContain('Ä-17 is out of stock');
  });

  it('may come from a file', async () => {
    const { stdout } = await run([`${file}#refuseOrder`, '--input', '@files/order.json']);
    expect(stdout).toContain('F-1 is out of stock');
  });

  it.each([
    { given: '{sku}', says: '--input is not JSON' },
    { given: '@nowhere.json', says: 'ENOENT' },
    { given: '@files/orders.ts', says: 'orders.ts is not JSON' },
  ])('$given is refused before anything runs', async ({ given, says }) => {
    const { code, stderr } = await run([`${file}#refuseOrder`, '--input', given]);
    expect(code).toBe(2);
    expect(stderr).toContain('CLI_INPUT_INVALID');
    expect(stderr).toContain(says);
  });
});

describe('the file', () => {
  it.each([
    { target: file, says: 'Fulfil_Order (orders.ts#fulfilOrder), Refuse_Order' },
    { target: `${file}#fulfilOder`, says: 'Did you mean "fulfilOrder"?' },
    { target: 'files/nowhere.ts', says: 'There is no such file.' },
    { target: 'files', says: 'It is a folder' },
    { target: 'files/no-workflow.ts', says: 'exports no workflow, but answer, makeWorkflow' },
    { target: 'files/no-workflow.ts', says: 'Where makeWorkflow() makes one' },
    {
      target: 'files/throws.ts',
      says: 'It threw Error while it was imported: no database. --stack shows where.',
    },
    { target: 'files/refused.ts', says: 'It threw NAME_DUPLICATE while it was imported' },
  ])('$target', async ({ target, says }) => {
    const { code, stderr } = await run([target]);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it('has no workflow of that name', async () => {
    const { stderr } = await run([file, '--workflow', 'Fulfill_Order']);
    expect(stderr).toContain('Did you mean "Fulfil_Order"?');
  });
});
