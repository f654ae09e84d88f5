/**
 * The page's script: what is in the page already becomes zoomable and choosable, the timeline and the
 * tables are added.
 * @module
 */
import type { PageData } from '../page/page-data.ts';
import { byId } from './element.ts';
import { showFilterChip } from './filter-chip.ts';
import { setUpTimeline } from './gantt/timeline.ts';
import { setUpGraph } from './graph-view.ts';
import { setUpHighlights } from './highlight-switches.ts';
import { setUpInspector } from './inspector.ts';
import { PageState } from './page-state.ts';
import { setUpTables } from './table/tables.ts';
import { setUpTheme } from './theme-switch.ts';

const state = new PageState(JSON.parse(byId('page-data').textContent ?? '') as PageData);
document.documentElement.classList.add('with-script');
setUpTheme(state);
setUpHighlights(state);
setUpGraph(state);
setUpTimeline(state);
setUpInspector(state);
setUpTables(state);
for (const place of document.querySelectorAll('[data-filter-chip]')) showFilterChip(place, state);
