/** VitePress' own theme in our colours, with a picture on the first page and two tables. */
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { h } from 'vue';
import ErrorTable from './error-table.vue';
import LostUpdates from './lost-updates.vue';
import PackageList from './package-list.vue';
import TwoCommands from './two-commands.vue';
import './style.css';
import './diagrams.css';

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () =>
    h(DefaultTheme.Layout, null, {
      'home-hero-info-after': () => h(TwoCommands),
      'home-hero-image': () => h(LostUpdates),
    }),
  enhanceApp({ app }) {
    app.component('ErrorTable', ErrorTable).component('PackageList', PackageList);
  },
};

export default theme;
