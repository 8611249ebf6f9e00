/** What a session needs to make runs and drive them; loaded with the first run. */
export { LocalRun } from '../engine/stream/local';
export { TracedRun } from '../engine/stream/tracedRun';
export { metricsOf } from '../engine/snapshot/metrics';
export { lastKnown, momentsOf } from './clocks';
export { prepare, topicFor } from './prepare';
export { firstWithWatermark, lastBefore, summaryOf } from './summary';
