/** The report in a real Chromium: what people see, hear and can do in it. */
import { type Flow, start, workflow } from '@runafter/core';
import { renderReport, report } from '@runafter/report';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { onChromium } from './on-chromium.ts';
import { openPage } from './open-page.ts';
import { simulatedView } from './simulated-view.ts';

const message = `The card </script><script>alert('it')</script><img src="https://example.com/x"> was declined.`;
const failed = simulatedView({ orders: 40, failing: [17, 23], message });

onChromium((browser) => {
  it('is drawn without complaints, and asks for nothing', async () => {
    const { page, complaints, requests } = await openPage(browser(), await renderReport(failed));
    await page.getByRole('heading', { name: 'Fulfil_Orders' }).waitFor();
    // What is blank, or has nothing but its grid, makes a file of half the size or less.
    for (const [place, bytes] of [
      ['#graph', 20_000],
      ['#timeline-bars', 4_500],
    ] as const) {
      expect((await page.locator(place).screenshot()).length, place).toBeGreaterThan(bytes);
    }
    expect(await page.locator('#failures').textContent()).toContain(message);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe objects to when it is %s',
    async (colorScheme) => {
      const view = simulatedView({ orders: 6, checks: 6, failing: [2], message });
      const { page } = await openPage(browser(), await renderReport(view), { colorScheme });
      await page.locator('#timeline-rows').press('Enter');
      await page.evaluate(axe.source);
      const { violations, passes } = await page.evaluate<AxeResults>('axe.run({ preload: false })');
      const faults = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html }) => `${id}: ${html}`),
      );
      expect(faults).toEqual([]);
      expect(passes.map(({ id }) => id)).toContain('color-contrast');
    },
  );

  it('fits on a phone, and shows one theme after the other', async () => {
    const viewport = { width: 390, height: 800 };
    const { page } = await openPage(browser(), await renderReport(failed), { viewport });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    const colours = [await backgroundOf(page)];
    for (const theme of ['light', 'dark']) {
      await page.getByRole('button', { name: 'Theme' }).click();
      await page.getByRole('button', { name: `Theme: ${theme}` }).waitFor();
      colours.push(await backgroundOf(page));
    }
    expect(colours[0]).toBe(colours[1]);
    expect(colours[2]).not.toBe(colours[1]);
  });

  it('can be used with the keys alone', async () => {
    const { page } = await openPage(browser(), await renderReport(failed));
    await tabTo(page, '.box');
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter'])
      await page.keyboard.press(key);
    const filter = page.locator('#executions .chip');
    expect(await filter.textContent()).toMatch(/^Only \S+/);
    expect(await page.locator('#executions .count').textContent()).toMatch(
      /^\d+ of 212 executions$/,
    );
    await page.keyboard.press('Enter');
    await filter.waitFor({ state: 'detached' });

    await tabTo(page, '#timeline-rows');
    for (const key of ['End', 'ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'ArrowRight']) {
      await page.keyboard.press(key);
    }
    await page.keyboard.press('ArrowRight');
    expect(await activeRow(page)).toMatch(/^Charge, \d executions$/);
    await page.keyboard.press('Enter');
    expect(await page.locator('#inspector h3').textContent()).toMatch(/^Orders\[\d+\]\/Charge/);
    const before = await page.locator('#timeline-axis').innerHTML();
    await page.keyboard.press('+');
    await expect.poll(() => page.locator('#timeline-axis').innerHTML()).not.toBe(before);

    await tabTo(page, '#executions input');
    await page.keyboard.type('[17]/Charge');
    expect(await page.locator('#executions .count').textContent()).toBe('1 of 212 executions');
  });

  it('answers with 10,000 executions and a fan of 10,000 actions', async () => {
    const view = simulatedView({ orders: 2000, window: 8, checks: 10_000, failing: [1234] });
    expect(view.executions.length).toBeGreaterThan(20_000);
    const { page, complaints } = await openPage(browser(), await renderReport(view));
    expect(await page.locator('#graph').textContent()).toContain('× 10,000');
    await page.getByRole('button', { name: /^Charge, / }).click();
    expect(await page.locator('#executions .count').textContent()).toMatch(/^2,000 of /);
    await page.locator('#executions').getByLabel('Find').fill('[1234]/');
    const row = page.locator('#executions tbody tr');
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.textContent()).toContain('Failed');
    await row.getByRole('button').click();
    expect(await page.locator('#inspector').textContent()).toContain('CARD_DECLINED');
    await page.locator('#executions').getByLabel('Show').selectOption('Succeeded');
    expect(await page.locator('#executions .count').textContent()).toMatch(/^0 of /);
    await page.locator('#executions').getByLabel('Find').fill('');
    await page.locator('#executions').getByRole('button', { name: 'Took' }).click();
    expect(await page.locator('#executions [aria-sort]').textContent()).toContain('Took');
    expect(await page.locator('#timeline-rows [role=treeitem]').count()).toBeLessThan(60);
    expect(complaints).toEqual([]);
  });

  it('has nothing of what is secure', async () => {
    const run = start(signIn, { password: 'tiger-input-77' });
    await run.finished;
    const html = await report(run);
    const { page } = await openPage(browser(), html);
    expect(await page.locator('#executions .count').textContent()).toBe('2 executions');
    expect(html).not.toMatch(/tiger/);
  });
});

const signIn = workflow('Sign_In', (flow: Flow<{ password: string }>) => {
  const token = flow.action('Get_Token', ({ input }) => `${input.password}-token`, {
    secure: { inputs: true, outputs: true },
  });
  flow.action(
    'Use_Token',
    [token],
    ([value]) => {
      throw new Error(`The server refused ${value}.`);
    },
    { secure: { inputs: true } },
  );
});

function backgroundOf(page: Page): Promise<string> {
  return page.evaluate('getComputedStyle(document.body).backgroundColor');
}

/** Presses Tab until something has the focus, as people without a mouse have to. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
  }
  throw new Error(`Tab does not come to ${selector}.`);
}

/** What a screen reader says of the row on which the tree's focus is. */
async function activeRow(page: Page): Promise<string | null> {
  const id = await page.locator('#timeline-rows').getAttribute('aria-activedescendant');
  return page.locator(`#${id}`).getAttribute('aria-label');
}
