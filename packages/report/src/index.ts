/**
 * A picture of a run: its graph, its times, and why it ended as it did, in one HTML file.
 * @module
 */
export { type RenderOptions, renderReport } from './page/render-report.ts';
export { type Reportable, type ReportOptions, report, writeReport } from './page/report.ts';
export {
  type RecordWaitsOptions,
  type RunWait,
  recordWaits,
  type WaitRecorder,
} from './recording/wait-recorder.ts';
export type {
  AnalysisView,
  AttemptView,
  BottleneckView,
  ErrorView,
  ExecutionView,
  NodeView,
  RecordedWait,
  RunView,
  WaitKind,
  WaitView,
} from './view/run-view.ts';
export { readView, type ViewOptions, viewOf } from './view/view-of.ts';
