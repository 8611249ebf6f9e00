/** What a session needs to make runs and drive them; loaded with the first run. */
export { openRun, openTracedRun } from '../engine/run/openRun';
export { metricsOf } from '../engine/snapshot/metrics';
export { eventsTable, withColumns } from '../engine/snapshot/tables';
export { lastKnown, momentsOf } from './clocks';
export { prepare, topicFor } from '../notebook/prepare';
export { firstWithWatermark, lastBefore, summaryOf } from './summary';
