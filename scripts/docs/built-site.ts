/**
 * Looks through the site as it was built: every link between its pages, every place that one names, every file
 * that a page loads.
 *
 * This is the HTML that readers get, so it also covers what was generated and what the theme adds; the
 * Markdown itself is judged by page-links.ts.
 * @module
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** What was found. */
export interface BuiltSiteReport {
  readonly pages: number;
  readonly links: number;
  /** One line for each broken link: the page, the link, what is missing. */
  readonly problems: readonly string[];
}

/** @param dist - the folder of the built site. */
export function checkBuiltSite(dist: string): BuiltSiteReport {
  const pages = new Map(
    globSync('**/*.html', { cwd: dist })
      .sort()
      .map((file) => [file, readPage(readFileSync(join(dist, file), 'utf8'))]),
  );
  let links = 0;
  const problems = new Set<string>();
  for (const [file, { targets }] of pages) {
    for (const target of targets) {
      links += 1;
      const problem = problemOf(file, target);
      if (problem !== undefined) problems.add(`${file} links to ${target}: ${problem}`);
    }
  }
  return { pages: pages.size, links, problems: [...problems] };

  function problemOf(file: string, target: string): string | undefined {
    if (/^[a-z][a-z+.-]*:|^\/\//i.test(target)) {
      return URL.canParse(target, 'https://site.invalid') ? undefined : 'this is no address.';
    }
    const [path = '', place] = decodeURI(target).split('#');
    const address = path === '' ? file : posix.join('/', posix.join(dirname(file), path)).slice(1);
    const absolute = path.startsWith('/') ? path.slice(1) : address;
    const found = fileOf(absolute);
    if (found === undefined) return `there is no page ${absolute}.`;
    const page = pages.get(found);
    if (place === undefined || place === '' || page === undefined) return undefined;
    return page.places.has(place) ? undefined : `${found} has no place "${place}".`;
  }

  /** The file that answers for a path, as a web server finds it. */
  function fileOf(path: string): string | undefined {
    const candidates = [`${path}.html`, posix.join(path, 'index.html'), path];
    return candidates.find(
      (file) => pages.has(file) || (file === path && existsSync(join(dist, path))),
    );
  }
}

interface Page {
  readonly targets: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
}

function readPage(html: string): Page {
  // What is inside of a script is not there for a reader.
  const visible = html.replaceAll(/<script\b[\s\S]*?<\/script>/g, '');
  return {
    targets: new Set(attributes(visible, /\s(?:href|src)="([^"]*)"/g)),
    places: new Set(attributes(visible, /\s(?:id|name)="([^"]*)"/g)),
  };
}

function attributes(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, value = '']) =>
    value.replaceAll('&amp;', '&').replaceAll('&quot;', '"'),
  );
}
