/** One page for each source that pages link to. */
import { sourcePages } from '../.vitepress/source/source-pages.ts';

export default { paths: sourcePages };
