/** Tests of a service that is not to be had are never green. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { root } from '../../scripts/workspace.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';

const here = (file: string) => JSON.stringify(join(import.meta.dirname, file));

it('on a laptop they are skipped, with the reason', async () => {
  const { code, output } = await runWithoutRedis({ CI: '', TEST_SERVICES: '' });
  expect(output).toContain(
    'Redis: none, since TEST_CONTAINERS is set and no Docker engine answers',
  );
  expect(output).toMatch(/Tests +1 passed \| 1 skipped/);
  expect(code).toBe(0);
});

it.each(['CI', 'TEST_SERVICES'])('they fail where %s is set', async (variable) => {
  const { code, output } = await runWithoutRedis({ CI: '', TEST_SERVICES: '', [variable]: '1' });
  expect(output).toContain('no Docker engine answers. It is required here.');
  expect(output).toMatch(/Test Files +1 failed/);
  expect(code).toBe(1);
});

/** Runs vitest on a file that needs Redis, where there is no engine for containers and no other way. */
function runWithoutRedis(env: Readonly<Record<string, string>>) {
  const folder = temporaryFolder(
    {
      'vitest.config.mjs': `
        export default { test: { globals: true, globalSetup: ${here('global-setup.ts')} } };
      `,
      'x.test.ts': `
        import { onService } from ${here('on-service.ts')};
        await onService('redis', () => { it('counts', () => {}); });
        it('needs no service', () => {});
      `,
    },
    join(root, '.tmp'),
  );
  return captureProgram(
    join(root, 'node_modules/.bin/vitest'),
    ['run', '--no-color', '--root', folder],
    {
      cwd: folder,
      env: {
        ...process.env,
        NO_COLOR: '1',
        TEST_CONTAINERS: '1',
        DOCKER_HOST: 'tcp://127.0.0.1:1',
        ...env,
      },
    },
  );
}
