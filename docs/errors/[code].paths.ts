/** One page for each code of the table. */
import { errorPages } from '../.vitepress/errors/error-pages.ts';

export default { paths: errorPages };
