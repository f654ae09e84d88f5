/** The addresses of pages on the documentation site, and what is found wrong with a built one. */
import { describe, expect, it } from 'vitest';
import { checkBuiltSite } from '../../scripts/docs/built-site.ts';
import { addressOf } from '../../scripts/docs/pages.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('addressOf', () => {
  it.each([
    ['README.md', '/'],
    ['docs/start.md', '/start'],
    ['docs/ARCHITECTURE.md', '/architecture'],
    ['docs/cookbook/README.md', '/cookbook/'],
    ['docs/cookbook/the-412-loop.md', '/cookbook/the-412-loop'],
    ['packages/lock/README.md', '/packages/lock/'],
    ['CONTRIBUTING.md', '/contributing'],
    ['docs/errors/LOCK_TIMEOUT.md', '/errors/LOCK_TIMEOUT'],
    ['packages/lock/src/lock-port.ts', '/source/packages/lock/src/lock-port-ts'],
    ['packages/lock/test', '/source/packages/lock/test'],
    ['docs/public/report.png', '/report.png'],
  ])('%s is at %s', (file, address) => {
    expect(addressOf(file)).toBe(address);
  });
});

describe('checkBuiltSite', () => {
  it('follows links as a web server does, to pages, folders, files and places', () => {
    const dist = temporaryFolder({
      'index.html': '<a href="/start#first">a</a> <a href="/errors/">b</a> <img src="/logo.svg">',
      'start.html':
        '<h2 id="first">c</h2> <a href="#first">d</a> <a href="https://e.example/f">g</a>',
      'errors/index.html': '<a href="../start">h</a> <a href="./LOCK_TIMEOUT">i</a>',
      'errors/LOCK_TIMEOUT.html': '<script>document.write(`<a href="/nowhere">`)</script>',
      'logo.svg': '<svg/>',
    });
    expect(checkBuiltSite(dist)).toEqual({ pages: 4, links: 7, problems: [] });
  });

  it('names the page, the link and what is missing', () => {
    const dist = temporaryFolder({
      'index.html': '<a href="/strat">a</a> <a href="/start#second">b</a>',
      'start.html': '<img src="./gone.png">',
    });
    expect(checkBuiltSite(dist).problems).toEqual([
      'index.html links to /strat: there is no page strat.',
      'index.html links to /start#second: start.html has no place "second".',
      'start.html links to ./gone.png: there is no page gone.png.',
    ]);
  });
});
