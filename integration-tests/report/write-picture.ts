/**
 * Makes the picture of a report that README.md and the docs show:
 * `node --conditions=@runafter/source integration-tests/report/write-picture.ts`.
 * @module
 */
import { join } from 'node:path';
import { renderReport } from '@runafter/report';
import { root } from '../../scripts/workspace.ts';
import { findChromium, noChromium, startChromium } from './find-chromium.ts';
import { simulatedView } from './simulated-view.ts';

const file = 'docs/public/report.png';
const view = simulatedView({ orders: 40, checks: 5, failing: [17, 23] });
const executablePath = findChromium();
if (executablePath === undefined) throw new Error(noChromium);
const browser = await startChromium(executablePath);
const page = await browser.newPage({
  viewport: { width: 1120, height: 1220 },
  colorScheme: 'light',
});
await page.setContent(await renderReport(view));
await page.locator('#timeline-rows').press('End');
for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowRight']) {
  await page.keyboard.press(key);
}
await page.locator('#timeline-rows').blur();
await page.evaluate('scrollTo(0, 0)');
await page.screenshot({ path: join(root, file) });
await browser.close();
console.log(file);
