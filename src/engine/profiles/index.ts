import { type Profile } from '../stream/options';
import { BEAM } from './beam';
import { FLINK } from './flink';
import { KAFKA } from './kafka';
import { type Policies } from './policy';
import { SPARK } from './spark';

export { type Policies, type Policy } from './policy';

/** What holds under each profile (S18, S20.4). To add a system: its record, its name in `PROFILES`, and a line here. */
export const POLICIES: Record<Profile, Policies> = { flink: FLINK, beam: BEAM, kafka: KAFKA, spark: SPARK };
